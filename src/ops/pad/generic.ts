import type { Node } from '../../ir/graph.js';
import { rowBytes } from '../../ir/tensor.js';
import type { KernelVariant } from '../kernel.js';
import { type PadAttributes, paddingValue } from './index.js';

export const genericPad: KernelVariant = {
  name: 'generic',
  needs: [],
  plan(plain, [input]) {
    const node = plain as Node<PadAttributes>;
    const [top, bottom, left] = node.attributes.padding;
    const first = left * input.shape.channels;
    return {
      slug: 'pad',
      template: 'kernels/pad/generic',
      view: {
        count: rowBytes(node.type),
        inside: rowBytes(input),
        first,
        behind: first + rowBytes(input),
        rowsMayMiss: top > 0 || bottom > 0,
        value: paddingValue(node, node.type.quantisation),
      },
      tables: [],
      helpers: [],
    };
  },
};
