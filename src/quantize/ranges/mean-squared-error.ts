import type { Quantisation } from '../../ir/tensor.js';
import type { Histogram } from '../histogram.js';
import { type RangeRule, rangeOf, shrunkRanges } from './range-rule.js';

/** Expected squared error of representing the histogram's values under a quantisation: rounding, and clipping. */
function squaredError(histogram: Histogram, quantisation: Quantisation): number {
  const [low, high] = rangeOf(quantisation);
  let sum = 0;
  histogram.forEach((x, count) => {
    const beyond = x < low ? low - x : x > high ? x - high : 0;
    // Within the range, a value is off by a uniform part of a step; zero is exact.
    sum += count * (beyond > 0 ? beyond * beyond : x === 0 ? 0 : quantisation.scale ** 2 / 12);
  });
  return sum;
}

/** The range with the least mean squared error: what clipping loses against what finer steps gain. */
export const meanSquaredError: RangeRule = {
  name: 'mse',
  choose(histogram) {
    let best: { quantisation: Quantisation; error: number } | undefined;
    for (const quantisation of shrunkRanges(histogram)) {
      const error = squaredError(histogram, quantisation);
      if (best === undefined || error < best.error) best = { quantisation, error };
    }
    return best?.quantisation ?? { scale: 1, zeroPoint: 0 };
  },
};
