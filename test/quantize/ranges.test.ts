import { describe, expect, it } from 'vitest';
import { Histogram } from '../../src/quantize/histogram.js';
import { entropy, meanSquaredError, minMax, percentile, rangeOf, rangeRules } from '../../src/quantize/ranges.js';

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  histogram.add(values);
  return histogram;
}

/** Values as a layer with relu makes them, thinning out towards 4, and one far away. */
const withOutlier = histogramOf([...Array.from({ length: 40_000 }, (_, i) => 4 * (i / 40_000) ** 3), 10]);
const even = histogramOf(Array.from({ length: 4096 }, (_, i) => -1 + i / 2048));

const topOf = (rule: (typeof rangeRules)[number], histogram: Histogram) => rangeOf(rule.choose(histogram))[1];

describe('rules for ranges', () => {
  it('min-max holds every value', () => {
    expect(topOf(minMax, withOutlier)).toBeCloseTo(10, 9);
    expect(rangeOf(minMax.choose(even))[0]).toBeLessThanOrEqual(-1 + 1 / 255);
  });

  it('percentile leaves out one value in ten thousand', () => {
    expect(topOf(percentile, withOutlier)).toBeGreaterThan(3.9);
    expect(topOf(percentile, withOutlier)).toBeLessThan(4.1);
  });

  it('mse clips an outlier only as far as that pays', () => {
    const top = topOf(meanSquaredError, withOutlier);
    expect(top).toBeLessThan(10);
    expect(top).toBeGreaterThan(4);
    expect(topOf(meanSquaredError, even)).toBeGreaterThan(0.95);
  });

  it('entropy keeps the shape of the distribution', () => {
    expect(topOf(entropy, withOutlier)).toBeLessThan(10);
    expect(topOf(entropy, even)).toBeGreaterThan(0.9);
  });

  it.each(rangeRules.map(rule => [rule.name, rule] as const))('%s: nothing but zeros, and zero is exact', (_, rule) => {
    expect(rule.choose(histogramOf([0, 0]))).toEqual({ scale: 1, zeroPoint: -128 });
    const { zeroPoint } = rule.choose(histogramOf([3, 5, 4]));
    expect(zeroPoint).toBe(-128);
  });
});
