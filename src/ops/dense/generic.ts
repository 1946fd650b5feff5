import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { dotProductPlans } from '../shared/dot-product-kernel.js';
import type { DenseAttributes } from './index.js';

/** A dense layer is a convolution whose kernel is as large as its input. */
export const genericDense: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
  plan(node, [input]) {
    const { height, width } = input.shape;
    const geometry = { kernel: [height, width], stride: [1, 1], padding: [0, 0, 0, 0] } as const;
    return dotProductPlans(node as Node<DenseAttributes>, input, 'dense', geometry, { groups: 1 });
  },
};
