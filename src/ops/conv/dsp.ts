import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { dspDotProductPlan } from '../shared/dsp/dot-product.js';
import type { ConvAttributes } from './index.js';

/** For the DSP extension: tiles of 4 output positions by 2 output channels. */
export const dspConv: KernelVariant = {
  name: 'dsp',
  needs: ['dsp'],
  plan(plain, [input], goal) {
    const node = plain as Node<ConvAttributes>;
    const { kernel, groups } = node.attributes;
    if (groups > 1) return undefined;
    return dspDotProductPlan(node, input, `conv_${kernel[0]}x${kernel[1]}`, node.attributes, goal);
  },
};
