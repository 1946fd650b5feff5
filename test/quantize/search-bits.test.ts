import { describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { bytesOf, narrowerStates, narrowingStates, type Widths, widened } from '../../src/quantize/narrowing-steps.js';
import { type AccuracyMeter, searchBits } from '../../src/quantize/search-bits.js';
import type { LayerSensitivity } from '../../src/quantize/sensitivity.js';
import type { WeightBitsRule } from '../../src/quantize/weight-bits.js';

const layer = (name: string, count: number, errors: readonly number[]): LayerSensitivity => ({
  layer: name,
  widths: ([8, 4, 3, 2] as const).map((bits, i) => ({ bits, error: errors[i], bytes: (count * bits) / 8 })),
});

// `large` saves most and suffers little, `small` saves little; 3 bits of `odd` are no better than 2.
const layers = [
  layer('large', 800, [0, 1, 4, 40]),
  layer('small', 80, [0, 1, 4, 40]),
  layer('odd', 80, [0, 2.5, 9, 3]),
];

const named = (rules: readonly WeightBitsRule[]): string =>
  rules.map(({ pattern, bits }) => `${pattern}${bits}`).join(' ');
const nameOf = (state: Widths): string => [...state].map(([name, { bits }]) => `${name}${bits}`).join(' ');

/** Each layer costs by its width: 1, 2 or 3 hundredths. */
const byWidth = (rules: readonly WeightBitsRule[]): number =>
  rules.reduce((sum, { bits }) => sum - ({ 8: 0, 4: 1, 3: 2, 2: 3, 1: 4 }[bits] ?? 0) / 100, 1);

/** A meter that writes down what it was asked; estimates are off by `bias`. */
function meterOf(accuracyOf: (rules: readonly WeightBitsRule[]) => number, bias = 0) {
  const calls = { measured: [] as string[], estimated: [] as string[] };
  const meter: AccuracyMeter = {
    async measure(rules) {
      calls.measured.push(named(rules));
      return accuracyOf(rules);
    },
    async estimate(rules) {
      calls.estimated.push(named(rules));
      return accuracyOf(rules) + bias;
    },
  };
  return { meter, calls };
}

const idle: AccuracyMeter = {
  measure: () => expect.fail('it was measured'),
  estimate: () => expect.fail('it was looked at'),
};

const messageOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return 'found';
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return `${error.diagnostics[0].code}: ${error.diagnostics[0].message}`;
  }
};

const bitsOf = ({ layers: found }: Awaited<ReturnType<typeof searchBits>>): string =>
  found.map(each => `${each.layer}${each.width.bits}`).join(' ');

describe('the order of narrowing', () => {
  it('goes down by the least error for the bytes that are saved, and skips widths that are worth nothing', () => {
    expect(narrowingStates(layers).map(state => `${nameOf(state)} ${bytesOf(state)}`)).toEqual([
      'large8 small8 odd8 960',
      'large4 small8 odd8 560',
      'large4 small4 odd8 520',
      'large3 small4 odd8 420',
      'large3 small4 odd2 360',
      'large3 small3 odd2 350',
      'large2 small3 odd2 250',
      'large2 small2 odd2 240',
    ]);
  });

  it('bytes that are left go where they take the most error away', () => {
    const state = narrowingStates(layers)[5];
    expect(nameOf(widened(layers, state, 359))).toBe(nameOf(state));
    expect(nameOf(widened(layers, state, 365))).toBe('large3 small4 odd2');
    expect(nameOf(widened(layers, state, 420))).toBe('large3 small8 odd4');
  });

  it('next to a state there are those with one layer a width narrower, those that save most first', () => {
    const around = narrowerStates(layers, narrowingStates(layers)[4]).map(nameOf);
    expect(around).toEqual(['large2 small4 odd2', 'large3 small3 odd2']);
  });
});

describe('a search of bits', () => {
  it('takes the first state that has few enough bytes, and uses those that are left, without measuring', async () => {
    const found = await searchBits(layers, { maxBytes: 400 }, idle);
    expect([bitsOf(found), found.bytes, found.accuracy]).toEqual(['large3 small8 odd2', 400, undefined]);
    expect((await searchBits(layers, { maxBytes: 399 }, idle)).bytes).toBeLessThanOrEqual(399);
  });

  it('halves the order, and measures what it returns', async () => {
    const { meter, calls } = meterOf(byWidth);
    const found = await searchBits(layers, { minAccuracy: 0.935 }, meter);
    expect(found.accuracy).toBeCloseTo(0.94);
    expect(calls.measured).toEqual(['large8 small8 odd8', bitsOf(found)]);
    expect(found.measured.at(-1)).toEqual({ bytes: found.bytes, accuracy: found.accuracy });
    expect(found.estimated.length).toBe(calls.estimated.length);
  });

  it('narrows one layer at a time beyond the order', async () => {
    // The third step would cost too much; those of other layers after it would not.
    const accuracyOf = (rules: readonly WeightBitsRule[]) =>
      rules[0].bits < 4 ? 0.5 : 1 - (rules[2].bits === 2 ? 0.1 : 0);
    const { meter, calls } = meterOf(accuracyOf);
    const found = await searchBits(layers, { minAccuracy: 0.95 }, meter);
    expect(bitsOf(found)).toBe('large4 small2 odd3');
    // A width that has failed is not looked at again.
    expect(calls.estimated.filter(name => name.includes('large3 small4 odd8')).length).toBe(1);
    expect(new Set(calls.estimated).size).toBe(calls.estimated.length);
  });

  it.each([
    [0.02, 'large3 small4 odd2', [960, 250, 360]],
    [-0.02, 'large2 small4 odd4', [960, 320, 280]],
  ])('returns what really meets the goal though estimates are off by %f', async (bias, bits, measured) => {
    const found = await searchBits(layers, { minAccuracy: 0.935 }, meterOf(byWidth, bias).meter);
    expect(found.accuracy).toBeGreaterThanOrEqual(0.935);
    expect(bitsOf(found)).toBe(bits);
    // What the first of them has shown of estimates spares others that would fail, and finds those that were thought too bad.
    expect(found.measured.map(({ bytes }) => bytes)).toEqual(measured);
  });

  it('tells how far it is, and never goes beyond what it has announced', async () => {
    const states: string[] = [];
    const { meter, calls } = meterOf(byWidth);
    await searchBits(layers, { minAccuracy: 0.9 }, meter, (done, total) => {
      expect(done).toBeLessThanOrEqual(total);
      states.push(`${done}/${total}`);
    });
    expect(states.length).toBe(calls.measured.length + calls.estimated.length);
    expect(states.slice(0, 2)).toEqual(['1/22', '2/22']);
  });

  it('meets both goals, or says that they do not go together', async () => {
    const both = await searchBits(layers, { minAccuracy: 0.9, maxBytes: 300 }, meterOf(byWidth).meter);
    expect(both.bytes).toBeLessThanOrEqual(300);
    expect(await messageOf(searchBits(layers, { minAccuracy: 0.98, maxBytes: 300 }, meterOf(byWidth).meter))).toMatch(
      /E0507: \d\d.00 % of/,
    );
    expect(await messageOf(searchBits(layers, { maxBytes: 239 }, idle))).toMatch(/E0507: the weights take 240 bytes/);
  });
});
