import type { KernelVariant } from '../kernel.js';

/** Exponentials of all possible differences are a table; what remains is a sum, a reciprocal and a product. */
export const genericSoftmax: KernelVariant = {
  name: 'generic',
  needs: [],
  plan(node) {
    const { height, width, channels } = node.type.shape;
    const values = node.constants.exponentials.data;
    // Each exponential counts at most 2^19, so that the sum is at most channels * 2^19.
    const sumBits = 20 + Math.floor(Math.log2(channels));
    const largestShift = 3 + sumBits;
    return {
      slug: 'softmax',
      template: 'kernels/softmax/generic',
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
