import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import type { SoftmaxAttributes } from '../../ops/softmax/index.js';
import { exponentialTable, reciprocalTable } from '../../ops/softmax/int16.js';
import type { ConstantTable, KernelVariant } from '../kernel.js';

/** Exponentials of all possible differences are a table; what remains is a sum, a reciprocal and a product. */
export const genericSoftmax: KernelVariant = {
  name: 'generic',
  plan(node) {
    const { height, width, channels } = node.type.shape;
    const values = node.constants.exponentials.data;
    // Each exponential counts at most 2^19, so that the sum is at most channels * 2^19.
    const sumBits = 20 + Math.floor(Math.log2(channels));
    const largestShift = 3 + sumBits;
    return {
      functionName: 'softmax',
      template: 'kernels/softmax/generic',
      label: 'generic',
      view: { width, channels, differences: values.length, sumBits, largestShift, wide: largestShift > 31 },
      tables: [
        {
          suffix: 'exponentials',
          ctype: 'int32_t',
          values,
          perLine: 8,
          layout: 'exp(-d * scale) * 2^31 for the difference d from the largest input',
          kind: 'tables',
        },
      ],
      overlays: [0],
      work: {
        family: 'softmax/generic',
        counts: { positions: height * width, outputs: height * width * channels },
      },
      helpers: ['doubling-high-multiply', 'rounding-divide', 'reciprocal'],
    };
  },
};

const int16WeightTable = (suffix: string, values: readonly number[], layout: string): ConstantTable => ({
  suffix,
  ctype: 'int16_t',
  values,
  perLine: 12,
  layout,
  kind: 'tables',
});

/** Of int16: exponentials and the reciprocal of their sum are interpolated in tables. */
export const int16Softmax: KernelVariant = {
  name: 'wide',
  int16: true,
  plan(plain) {
    const node = plain as Node<SoftmaxAttributes>;
    if (node.type.dtype !== 'i16') return { unsuited: 'int8 activations' };
    const { wide } = node.attributes;
    invariant(wide !== undefined, `${node.name} is not in integer form`);
    const { multiplier, shift } = wide;
    const { width, channels } = node.type.shape;
    return {
      functionName: 'softmax',
      template: 'kernels/softmax/generic-int16',
      label: 'wide',
      view: { width, channels, multiplier, factor: 2 ** Math.max(shift, 0), right: Math.max(-shift, 0) },
      tables: [
        int16WeightTable('exponentials', exponentialTable, '2^15 * exp(x), x from -10 to 0'),
        int16WeightTable('reciprocals', reciprocalTable, '2^15 / (1 + x), x from 0 to 1'),
      ],
      overlays: [0],
      // The same under every rounding rule.
      helpers: ['doubling-high-multiply', 'rounding-divide', 'look-up'],
    };
  },
};
