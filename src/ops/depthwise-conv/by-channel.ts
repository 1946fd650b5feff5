import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { byChannelPlan } from '../shared/lanes/by-channel.js';
import type { Multiplication } from '../shared/lanes/requantise.js';
import type { DepthwiseConvAttributes } from './index.js';

function byChannel(name: string, needs: KernelVariant['needs'], multiplication: Multiplication): KernelVariant {
  return {
    name,
    needs,
    plan(plain, [input]) {
      const node = plain as Node<DepthwiseConvAttributes>;
      const { kernel, multiplier } = node.attributes;
      if (multiplier > 1) return { unsuited: 'a multiplier' };
      const geometry = { ...node.attributes, ofChannel: true };
      return byChannelPlan(node, input, `dwconv_${kernel[0]}x${kernel[1]}`, geometry, multiplication);
    },
  };
}

/** For cores without SIMD: with multiply-accumulate, and without. */
export const mlaDepthwiseConv = byChannel('mla', ['thumb2'], 'long');
export const thumb1DepthwiseConv = byChannel('thumb1', ['thumb1'], 'short');
