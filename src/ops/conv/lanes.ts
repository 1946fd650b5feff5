import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { lanesDotProductPlan } from '../shared/lanes/dot-product.js';
import type { Multiplication } from '../shared/lanes/requantise.js';
import type { ConvAttributes } from './index.js';

function lanesConv(
  name: string,
  needs: KernelVariant['needs'],
  multiplication: Multiplication,
): KernelVariant {
  return {
    name,
    needs,
    plan(plain, [input]) {
      const node = plain as Node<ConvAttributes>;
      const { kernel, groups } = node.attributes;
      if (groups > 1) return undefined;
      return lanesDotProductPlan(node, input, `conv_${kernel[0]}x${kernel[1]}`, node.attributes, multiplication);
    },
  };
}

/** For cores without SIMD, two output positions in a multiplication: with multiply-accumulate, and without. */
export const mlaConv = lanesConv('mla', ['thumb2'], 'long');
export const thumb1Conv = lanesConv('thumb1', ['thumb1'], 'short');
