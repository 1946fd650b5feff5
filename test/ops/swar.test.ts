import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runsOf } from '../../src/kernels/dot-product/swar-runs.js';
import { passing, requantiseShort, shortForm } from '../../src/kernels/requantise/swar-short.js';
import { clamp, requantiseNative } from '../../src/numeric/requantise.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { planKernels } from '../../src/select/choose.js';
import { makeModel } from './models.js';

const weights = fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 2, maxLength: 70 });

/** What the C does: both sums in one word, taken apart after each run. */
function lanes(w: readonly number[], low: readonly number[], high: readonly number[], runs: readonly number[]) {
  let [both, upper, k] = [0, 0, 0];
  for (const length of runs) {
    let word = 0;
    for (const end = k + length; k < end; k++) word = (word + Math.imul((low[k] + (high[k] << 16)) | 0, w[k])) | 0;
    upper += (word >> 16) + ((word >> 15) & 1);
    both = (both + word) | 0;
  }
  return [(both - (upper << 16)) | 0, upper];
}

it('runs cover all taps, and take two sums apart exactly, also for extreme inputs', () => {
  const inputs = fc.array(fc.constantFrom(-128, 127, 0, 1, -1), { minLength: 70, maxLength: 70 });
  fc.assert(
    fc.property(weights, inputs, inputs, fc.constantFrom(11, 16), (w, some, others, longest) => {
      const runs = runsOf(w, longest);
      // A few taps that are all large.
      fc.pre(runs !== undefined);
      expect(runs.reduce((a, b) => a + b, 0)).toBe(w.length);
      expect(runs.every(length => length >= 2 && length <= longest)).toBe(true);
      const dot = (x: readonly number[]): number => w.reduce((sum, weight, k) => sum + weight * x[k], 0);
      // The inputs under which a run's sums are as large as they get, in either direction.
      const most = w.map(weight => (weight > 0 ? -128 : 127));
      const least = w.map(weight => (weight > 0 ? 127 : -128));
      for (const low of [some, most, least])
        for (const high of [others, most, least]) expect(lanes(w, low, high, runs)).toEqual([dot(low), dot(high)]);
    }),
  );
});

it('runs are as few as can be', () => {
  expect(runsOf([1, 1, 1, 1, 1], 11)).toEqual([5]);
  expect(runsOf(new Array<number>(12).fill(1), 11)).toHaveLength(2);
  // 127 + 128 is the most that fits; a tap cannot be left alone.
  expect(runsOf([127, 127, 1, 127, 127], 11)).toEqual([3, 2]);
  expect(runsOf([127, 127, 127], 11)).toBeUndefined();
  expect(runsOf([-128, -128], 11)).toBeUndefined();
});

it('the short form equals rounding `native` for every accumulator that it gets', () => {
  const channel = fc.record({
    multiplier: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    bits: fc.integer({ min: 1, max: 24 }),
    offset: fc.integer({ min: -128, max: 127 }),
    preShift: fc.integer({ min: 0, max: 4 }),
  });
  let formed = 0;
  fc.assert(
    fc.property(channel, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), ({ bits, ...factor }, places) => {
      const whole = { low: -(2 ** bits), high: 2 ** bits };
      const range = passing(whole, factor);
      const exact = (acc: number): number =>
        clamp(requantiseNative(acc, factor.multiplier, factor.preShift) + factor.offset, -128, 127);
      if (range.low > whole.low) expect(exact(range.low - 1)).toBe(-128);
      if (range.high < whole.high) expect(exact(range.high + 1)).toBe(127);
      const form = shortForm([{ range, factor }], factor.preShift, factor.offset);
      if (form === undefined || range.low > range.high) return;
      formed++;
      const span = range.high - range.low;
      const accs = [0, 1, span - 1, span, ...places.map(p => Math.floor(p * span))].filter(d => d >= 0 && d <= span);
      for (const d of accs) {
        const acc = range.low + d;
        expect(requantiseShort(acc, factor.multiplier, form)).toBe(exact(acc));
      }
    }),
    { numRuns: 2000 },
  );
  expect(formed).toBeGreaterThan(500);
});

it.each(['thumb1', 'thumb2'] as const)('on %s the models of tests have tiles of both sizes and few taps', async isa => {
  const used = new Set<unknown>();
  for (const name of ['fours', 'tiles', 'fewTaps']) {
    const { fused, images } = await makeModel(name);
    const graph = lowerModel(quantiseGraph(fused, await calibrate(fused, images), 'native'));
    for (const { rows } of planKernels(graph, [isa]).values()) {
      used.add(`${rows.template}`);
      for (const field of ['pixels', 'partial', 'unequal', 'far', 'longStep', 'copies'])
        if (field in rows.view) used.add(`${field} ${rows.view[field]}`);
      for (const helper of rows.helpers) used.add(helper);
    }
  }
  expect([...used]).toEqual(
    expect.arrayContaining(['pixels 8', 'pixels 4', 'partial true', 'partial false', 'unequal true', 'unequal false']),
  );
  expect([...used]).toEqual(
    expect.arrayContaining(['far true', 'far false', 'longStep true', 'copies true', 'copies false']),
  );
  const requantise = isa === 'thumb1' ? ['requantise-above', 'requantise-between'] : ['requantise-many'];
  expect([...used]).toEqual(
    expect.arrayContaining(['kernels/by-channel/swar', 'kernels/dot-product/swar', ...requantise]),
  );
});
