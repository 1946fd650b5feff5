import type { Node } from '../../ir/graph.js';
import type { DepthwiseConvAttributes } from '../../ops/depthwise-conv/attributes.js';
import { byChannelPlan } from '../by-channel/swar.js';
import type { KernelVariant } from '../kernel.js';
import type { Multiplication } from '../requantise/swar.js';

function byChannel(name: string, multiplication: Multiplication): KernelVariant {
  return {
    name,
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
export const mlaDepthwiseConv = byChannel('mla', 'long');
export const thumb1DepthwiseConv = byChannel('thumb1', 'short');
