import { describe, expect, it } from 'vitest';
import { exponential, logarithm } from '../../src/numeric/elementary.js';

/** libm's are off by less than one unit in the last place, ours by a few. */
const close = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(4 * Number.EPSILON * Math.max(Math.abs(expected), 1e-3));

describe('elementary functions', () => {
  it('the exponential is that of libm, to a few units in the last place', () => {
    for (let x = -30; x <= 30; x += 0.137) close(exponential(x) / Math.exp(x), 1);
    expect([exponential(0), exponential(-1000), exponential(1000)]).toEqual([1, 0, Number.POSITIVE_INFINITY]);
  });

  it('the logarithm is that of libm, to a few units in the last place', () => {
    for (let x = 1e-9; x < 1e9; x *= 1.37) close(logarithm(x), Math.log(x));
    expect(logarithm(1)).toBe(0);
  });

  it('gives the same bits everywhere', () => {
    // Computed once; a machine on which these differ would make other files of the same network.
    expect([exponential(1), exponential(-0.3), logarithm(10), logarithm(0.7)]).toMatchInlineSnapshot(`
      [
        2.7182818284590455,
        0.7408182206817179,
        2.302585092994046,
        -0.3566749439387324,
      ]
    `);
  });
});
