import type { Histogram } from '../histogram.js';
import { quantisationOf, type RangeRule } from './range-rule.js';

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
