import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { byChannelPlan } from '../shared/lanes/by-channel.js';
import { lanesDotProductPlan } from '../shared/lanes/dot-product.js';
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
      if (groups > 1) return undefined;
      const slug = `conv_${kernel[0]}x${kernel[1]}`;
      const few = kernel[0] * kernel[1] * input.shape.channels <= fewTaps;
      const geometry = { ...node.attributes, ofChannel: false };
      return (
        (few ? byChannelPlan(node, input, slug, geometry, multiplication) : undefined) ??
        lanesDotProductPlan(node, input, slug, node.attributes, multiplication)
      );
    },
  };
}

/** For cores without SIMD: with multiply-accumulate, and without. */
export const mlaConv = lanesConv('mla', ['thumb2'], 'long');
export const thumb1Conv = lanesConv('thumb1', ['thumb1'], 'short');
