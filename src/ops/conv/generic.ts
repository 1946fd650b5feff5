import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { dotProductPlans } from '../shared/dot-product-kernel.js';
import type { ConvAttributes } from './index.js';

/** Portable C: for each output pixel and channel, a dot product over the contiguous runs of the window. */
export const genericConv: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
  plan(node, [input]) {
    const conv = node as Node<ConvAttributes>;
    const { kernel, groups } = conv.attributes;
    const slug = `${groups > 1 ? 'gconv' : 'conv'}_${kernel[0]}x${kernel[1]}`;
    return dotProductPlans(conv, input, slug, conv.attributes, conv.attributes);
  },
};
