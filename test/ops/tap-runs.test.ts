import { describe, expect, it } from 'vitest';
import { constant } from '../../src/ir/tensor.js';
import { tapRuns } from '../../src/kernels/depthwise/mve.js';
import { randomBytes } from '../../src/run/vectors.js';

const order = (taps: number) => Array.from({ length: taps }, (_, i) => i);
const weights = (rows: number[][]) => constant('i8', [rows.length, 1, rows[0].length, 1], rows.flat());

describe('taps that add up in int16', () => {
  it('takes as many as fit for every channel', () => {
    expect(tapRuns(weights([[127, 127, 2]]), order(3))).toEqual([[0, 1, 2]]);
    expect(tapRuns(weights([[127, 127, 3]]), order(3))).toEqual([[0, 1], [2]]);
    expect(
      tapRuns(
        weights([
          [1, 1, 1, 1],
          [127, -127, 3, 4],
        ]),
        order(4),
      ),
    ).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('knows that -128 * -128 twice is one too many', () => {
    expect(tapRuns(weights([[-128, -128]]), order(2))).toEqual([[0], [1]]);
    expect(tapRuns(weights([[-128, 127]]), order(2))).toEqual([[0, 1]]);
  });

  it('leaves no sum outside int16, and no tap out', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const taps = 1 + (seed % 25);
      const channels = 1 + (seed % 5);
      const bytes = randomBytes(taps * channels, seed);
      const weight = constant('i8', [channels, 1, taps, 1], Int8Array.from(bytes));
      const runs = tapRuns(weight, order(taps));
      expect(runs.flat()).toEqual(order(taps));
      for (const run of runs) {
        for (let c = 0; c < channels; c++) {
          const products = run.map(tap => weight.data[c * taps + tap]).map(w => [w * 127, w * -128]);
          const most = products.reduce((sum, pair) => sum + Math.max(...pair), 0);
          const least = products.reduce((sum, pair) => sum + Math.min(...pair), 0);
          expect(most).toBeLessThan(2 ** 15);
          expect(least).toBeGreaterThanOrEqual(-(2 ** 15));
        }
      }
    }
  });
});
