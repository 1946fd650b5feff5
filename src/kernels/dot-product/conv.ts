import type { Node } from '../../ir/graph.js';
import type { ConvAttributes } from '../../ops/conv/attributes.js';
import { byChannelPlan } from '../by-channel/swar.js';
import type { KernelVariant } from '../kernel.js';
import type { Multiplication } from '../requantise/swar.js';
import { dspDotProductPlans } from './dsp.js';
import { int16DotProductPlan } from './dsp-int16.js';
import { dotProductPlans } from './generic.js';
import { mveDotProductPlan } from './mve.js';
import { mveFewInputsPlan } from './mve-few-inputs.js';
import { swarDotProductPlans } from './swar.js';

/** Portable C: for each output pixel and channel, a dot product over the contiguous runs of the window. */
export const genericConv: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(node, [input]) {
    const conv = node as Node<ConvAttributes>;
    const { kernel, groups } = conv.attributes;
    const functionName = `${groups > 1 ? 'gconv' : 'conv'}_${kernel[0]}x${kernel[1]}`;
    return dotProductPlans(conv, input, functionName, conv.attributes, conv.attributes);
  },
};

/** Up to so many taps, what two positions in one multiplication save is less than what it takes to pack them. */
const fewTaps = 4;

function swarConv(name: string, multiplication: Multiplication): KernelVariant {
  return {
    name,
    plan(plain, [input]) {
      const node = plain as Node<ConvAttributes>;
      const { kernel, groups } = node.attributes;
      if (groups > 1) return { unsuited: 'groups' };
      const functionName = `conv_${kernel[0]}x${kernel[1]}`;
      const geometry = { ...node.attributes, ofChannel: false };
      const byChannel = byChannelPlan(node, input, functionName, geometry, multiplication);
      const tiles = swarDotProductPlans(node, input, functionName, node.attributes, multiplication);
      return kernel[0] * kernel[1] * input.shape.channels <= fewTaps ? [byChannel, ...tiles] : [...tiles, byChannel];
    },
  };
}

/** For cores without SIMD: with multiply-accumulate, and without. */
export const mlaConv = swarConv('mla', 'long');
export const thumb1Conv = swarConv('thumb1', 'short');

/** For the DSP extension: tiles of 2 output positions by 2 output channels, group by group where the window is one column wide. */
export const dspConv: KernelVariant = {
  name: 'dsp',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<ConvAttributes>;
    const { kernel, groups, interleaved } = node.attributes;
    // A tile makes neighbours.
    if (groups > 1 && interleaved === true) return { unsuited: 'groups whose channels are shuffled' };
    const functionName = `${groups > 1 ? 'gconv' : 'conv'}_${kernel[0]}x${kernel[1]}`;
    if (input.dtype === 'i16') return int16DotProductPlan(node, input, functionName, node.attributes, groups);
    return dspDotProductPlans(node, input, functionName, node.attributes, groups);
  },
};

/** For MVE: tiles of 2 output positions by 4 output channels. */
export const mveConv: KernelVariant = {
  name: 'mve',
  plan(plain, [input]) {
    const node = plain as Node<ConvAttributes>;
    const { kernel, groups } = node.attributes;
    if (groups > 1) return { unsuited: 'groups' };
    const functionName = `conv_${kernel[0]}x${kernel[1]}`;
    return [
      mveFewInputsPlan(node, input, functionName, node.attributes),
      mveDotProductPlan(node, input, functionName, node.attributes),
    ];
  },
};
