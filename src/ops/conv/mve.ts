import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { mveDotProductPlan } from '../shared/mve/dot-product.js';
import { mveNarrowPlan } from '../shared/mve/narrow.js';
import type { ConvAttributes } from './index.js';

/** For MVE: tiles of 2 output positions by 4 output channels. */
export const mveConv: KernelVariant = {
  name: 'mve',
  needs: ['mve'],
  plan(plain, [input]) {
    const node = plain as Node<ConvAttributes>;
    const { kernel, groups } = node.attributes;
    if (groups > 1) return { unsuited: 'groups' };
    const slug = `conv_${kernel[0]}x${kernel[1]}`;
    return [mveNarrowPlan(node, input, slug, node.attributes), mveDotProductPlan(node, input, slug, node.attributes)];
  },
};
