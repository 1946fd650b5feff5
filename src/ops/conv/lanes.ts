import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { byChannelPlan } from '../shared/lanes/by-channel.js';
import { lanesDotProductPlans } from '../shared/lanes/dot-product.js';
import type { Multiplication } from '../shared/lanes/requantise.js';
import type { ConvAttributes } from './index.js';

/** Up to so many taps, what two positions in one multiplication save is less than what it takes to pack them. */
const fewTaps = 4;

function lanesConv(name: string, needs: KernelVariant['needs'], multiplication: Multiplication): KernelVariant {
  return {
    name,
    needs,
    plan(plain, [input]) {
      const node = plain as Node<ConvAttributes>;
      const { kernel, groups } = node.attributes;
      if (groups > 1) return { unsuited: 'groups' };
      const slug = `conv_${kernel[0]}x${kernel[1]}`;
      const geometry = { ...node.attributes, ofChannel: false };
      const byChannel = byChannelPlan(node, input, slug, geometry, multiplication);
      const lanes = lanesDotProductPlans(node, input, slug, node.attributes, multiplication);
      return kernel[0] * kernel[1] * input.shape.channels <= fewTaps ? [byChannel, ...lanes] : [...lanes, byChannel];
    },
  };
}

/** For cores without SIMD: with multiply-accumulate, and without. */
export const mlaConv = lanesConv('mla', ['thumb2'], 'long');
export const thumb1Conv = lanesConv('thumb1', ['thumb1'], 'short');
