import type { Quantisation } from '../../ir/tensor.js';
import { logarithm } from '../../numeric/elementary.js';
import { clamp } from '../../numeric/requantise.js';
import type { Histogram } from '../histogram.js';
import { type RangeRule, shrunkRanges } from './range-rule.js';

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
