import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { dspDotProductPlans } from '../shared/dsp/dot-product.js';
import { wideDotProductPlan } from '../shared/dsp/wide-dot-product.js';
import type { ConvAttributes } from './index.js';

/** For the DSP extension: tiles of 2 output positions by 2 output channels, group by group where the window is one column wide. */
export const dspConv: KernelVariant = {
  name: 'dsp',
  needs: ['dsp'],
  wide: true,
  plan(plain, [input]) {
    const node = plain as Node<ConvAttributes>;
    const { kernel, groups, interleaved } = node.attributes;
    // A tile makes neighbours.
    if (groups > 1 && interleaved === true) return { unsuited: 'groups whose channels are shuffled' };
    const slug = `${groups > 1 ? 'gconv' : 'conv'}_${kernel[0]}x${kernel[1]}`;
    if (input.dtype === 'i16') return wideDotProductPlan(node, input, slug, node.attributes, groups);
    return dspDotProductPlans(node, input, slug, node.attributes, groups);
  },
};
