import { describe, expect, it } from 'vitest';
import { binaryTicks, box, decimalTicks, percentOf, runsOf, staircase } from '../../src/report/shapes.js';

describe('shapes', () => {
  it('box goes around', () => {
    expect(box(1, 2, 3, 4)).toBe('M1 2h3v4h-3z');
  });

  it('staircase holds each height for one step, and is short where nothing changes', () => {
    expect(staircase([5, 5, 7, 0], 10)).toBe('M0 5H2V3H3V10H4');
  });

  it('runs are consecutive numbers', () => {
    expect(runsOf([0, 1, 4, 6, 7, 8])).toEqual([
      [0, 2],
      [4, 5],
      [6, 9],
    ]);
    expect(runsOf([])).toEqual([]);
  });

  it.each([
    [1, [0, 1]],
    [9, [0, 2, 4, 6, 8]],
    [23, [0, 5, 10, 15, 20]],
    [256, [0, 100, 200]],
    [100_000, [0, 20_000, 40_000, 60_000, 80_000, 100_000]],
  ])('decimal ticks up to %i', (last, ticks) => {
    expect(decimalTicks(last, 5)).toEqual(ticks);
  });

  it('binary ticks are multiples of a power of two', () => {
    expect(binaryTicks(5932, 7)).toEqual([0, 1024, 2048, 3072, 4096, 5120]);
  });

  it('a share of nothing is nothing', () => {
    expect([percentOf(1, 3), percentOf(1, 4), percentOf(0, 0)]).toEqual(['33.333', '25', '0']);
  });
});
