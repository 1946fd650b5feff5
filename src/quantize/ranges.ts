import { type Quantisation, valuesOf } from '../ir/tensor.js';
import { logarithm } from '../numeric/elementary.js';
import { clamp } from '../numeric/requantise.js';
import type { Histogram } from './histogram.js';

/** A way to choose the range of real values that int8 is to hold, from the values of a tensor over all images. */
export interface RangeRule {
  readonly name: string;
  choose(histogram: Histogram): Quantisation;
}

/** Scale and zero point of int8 for values from `low` to `high`; zero is always representable exactly. */
export function quantisationOf(low: number, high: number): Quantisation {
  const bottom = Math.min(low, 0);
  const top = Math.max(high, 0);
  // A tensor that is zero everywhere still needs a scale.
  const scale = top > bottom ? (top - bottom) / 255 : 1;
  return { scale, zeroPoint: clamp(Math.round(-128 - bottom / scale), -128, 127) };
}

/** The real values that a quantisation can represent, its ends. */
export function rangeOf(quantisation: Quantisation): readonly [low: number, high: number] {
  const { scale, zeroPoint } = quantisation;
  const { low, high } = valuesOf(quantisation);
  return [(low - zeroPoint) * scale, (high - zeroPoint) * scale];
}

/** The range from minimum to maximum, and ranges that shrink both by the same part, in steps of 2 % down to 30 %. */
export function* shrunkRanges({ min, max }: Histogram): Generator<Quantisation> {
  for (let percent = 100; percent >= 30; percent -= 2)
    yield quantisationOf((min * percent) / 100, (max * percent) / 100);
}

/** All values that were seen: nothing is clipped, and one outlier makes the steps of all others coarse. */
export const minMax: RangeRule = { name: 'min-max', choose: ({ min, max }) => quantisationOf(min, max) };

/** Part of the values that is clipped at each end. */
const clipped = 1 / 10_000;

/** The value below which `share` of all values lie, to a bin of the histogram. */
function quantile(histogram: Histogram, share: number): number {
  let below = 0;
  let found: number | undefined;
  histogram.forEach((centre, count) => {
    below += count;
    if (found === undefined && below > share * histogram.total) found = centre;
  });
  return found ?? 0;
}

/** All values but one in ten thousand at each end. */
export const percentile: RangeRule = {
  name: 'percentile',
  choose: histogram => {
    const { min, max } = histogram;
    // The middle of a bin may lie beyond what was seen.
    return quantisationOf(Math.max(quantile(histogram, clipped), min), Math.min(quantile(histogram, 1 - clipped), max));
  },
};

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

const levels = 256;

/**
 * Kullback-Leibler divergence of what a quantisation makes of the values from what they are: clipped values count at the ends,
 * and all bins of one level become alike. Infinite where values are clipped to a level that had none.
 */
function divergence(histogram: Histogram, { scale, zeroPoint }: Quantisation): number {
  const bins: { level: number; inside: number; all: number }[] = [];
  const mass = new Float64Array(levels);
  const members = new Int32Array(levels);
  histogram.forEach((x, count) => {
    const exact = Math.round(x / scale) + zeroPoint + 128;
    const level = clamp(exact, 0, levels - 1);
    const inside = exact === level ? count : 0;
    mass[level] += inside;
    if (inside > 0) members[level]++;
    bins.push({ level, inside, all: count });
  });
  // What is clipped is added to the outermost bin that is not.
  const ends = new Map<number, number>();
  for (const { level, inside, all } of bins) ends.set(level, (ends.get(level) ?? 0) + all - inside);
  let sum = 0;
  for (const { level, inside } of bins) {
    if (inside === 0) continue;
    const p = inside + (ends.get(level) ?? 0) / members[level];
    sum += p * logarithm((p * members[level]) / mass[level]);
  }
  for (const [level, clipped] of ends) if (clipped > 0 && members[level] === 0) return Number.POSITIVE_INFINITY;
  return sum / histogram.total;
}

/** The range that keeps most of the distribution's information, as TensorRT chooses it. */
export const entropy: RangeRule = {
  name: 'entropy',
  choose(histogram) {
    let best: { quantisation: Quantisation; divergence: number } | undefined;
    for (const quantisation of shrunkRanges(histogram)) {
      const found = divergence(histogram, quantisation);
      if (best === undefined || found < best.divergence) best = { quantisation, divergence: found };
    }
    return best?.quantisation ?? { scale: 1, zeroPoint: 0 };
  },
};

/** The rules that ranges of activations are chosen by. Of equally good ones the first is taken. */
export const rangeRules: readonly RangeRule[] = [meanSquaredError, minMax, percentile, entropy];
