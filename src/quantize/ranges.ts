import type { Quantisation } from '../ir/tensor.js';
import { clamp } from '../numeric/requantise.js';
import type { Histogram } from './histogram.js';

/** Scale and zero point of int8 for values from `low` to `high`; zero is always representable exactly. */
export function quantisationOf(low: number, high: number): Quantisation {
  const bottom = Math.min(low, 0);
  const top = Math.max(high, 0);
  // A tensor that is zero everywhere still needs a scale.
  const scale = top > bottom ? (top - bottom) / 255 : 1;
  return { scale, zeroPoint: clamp(Math.round(-128 - bottom / scale), -128, 127) };
}

/** Expected squared error of representing the histogram's values under a quantisation: rounding, and clipping. */
function squaredError(histogram: Histogram, { scale, zeroPoint }: Quantisation): number {
  const low = (-128 - zeroPoint) * scale;
  const high = (127 - zeroPoint) * scale;
  let sum = 0;
  histogram.forEach((x, count) => {
    const beyond = x < low ? low - x : x > high ? x - high : 0;
    // Within the range, a value is off by a uniform part of a step; zero is exact.
    sum += count * (beyond > 0 ? beyond * beyond : x === 0 ? 0 : (scale * scale) / 12);
  });
  return sum;
}

/**
 * The range that loses least: from the observed minimum and maximum, both shrunk by a common factor, the one with the least
 * mean squared error.
 */
export function chooseQuantisation(histogram: Histogram): Quantisation {
  let best = quantisationOf(histogram.min, histogram.max);
  let least = squaredError(histogram, best);
  for (let percent = 98; percent >= 30; percent -= 2) {
    const candidate = quantisationOf((histogram.min * percent) / 100, (histogram.max * percent) / 100);
    const error = squaredError(histogram, candidate);
    if (error < least) [best, least] = [candidate, error];
  }
  return best;
}
