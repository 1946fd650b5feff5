import type { Node } from '../../ir/graph.js';
import { rowElements } from '../../ir/tensor.js';
import type { KernelVariant } from '../kernel.js';
import { type PadAttributes, paddingValue } from './index.js';

export const genericPad: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
  plan(plain, [input]) {
    const node = plain as Node<PadAttributes>;
    const [top, bottom, left, right] = node.attributes.padding;
    const { channels } = input.shape;
    return {
      slug: 'pad',
      template: 'kernels/pad/generic',
      view: {
        rowsMayMiss: top > 0 || bottom > 0,
        width: rowElements(node.type),
        left: left * channels,
        right: right * channels,
        inside: rowElements(input),
        value: paddingValue(node, node.type.quantisation),
      },
      tables: [],
      helpers: [],
    };
  },
};
