import { describe, expect, it } from 'vitest';
import { nonNegativeLeastSquares } from './fit.js';

describe('least squares without negative results', () => {
  it('finds what the rows were made of', () => {
    const rows = [
      [1, 4, 16],
      [1, 8, 24],
      [1, 3, 90],
      [1, 7, 2],
      [2, 5, 5],
    ];
    const prices = [12, 3.5, 0.25];
    const sums = rows.map(row => row.reduce((sum, count, j) => sum + count * prices[j], 0));
    for (const [j, price] of nonNegativeLeastSquares(rows, sums).entries()) expect(price).toBeCloseTo(prices[j], 6);
  });

  it('gives nothing to what would make it better only below zero', () => {
    const rows = [
      [1, 0],
      [1, 1],
      [1, 2],
    ];
    const [level, slope] = nonNegativeLeastSquares(rows, [3, 2, 1]);
    expect(slope).toBe(0);
    expect(level).toBeCloseTo(2, 9);
  });

  it('takes a column that is never anything, and two that say the same', () => {
    const rows = [
      [1, 2, 2, 0],
      [1, 3, 3, 0],
      [1, 5, 5, 0],
    ];
    const [level, a, b, none] = nonNegativeLeastSquares(rows, [7, 9, 13]);
    expect(level).toBeCloseTo(3, 6);
    expect(a + b).toBeCloseTo(2, 6);
    expect(none).toBe(0);
  });
});
