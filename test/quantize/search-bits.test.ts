import { describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { narrowingSteps, searchBits } from '../../src/quantize/search-bits.js';
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

/** Each layer costs by its width: 1, 2 or 3 hundredths. */
const measured: string[] = [];
async function accuracyOf(rules: readonly WeightBitsRule[]): Promise<number> {
  measured.push(rules.map(({ pattern, bits }) => `${pattern}${bits}`).join(' '));
  return rules.reduce((sum, { bits }) => sum - ({ 8: 0, 4: 1, 3: 2, 2: 3, 1: 4 }[bits] ?? 0) / 100, 1);
}

const messageOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return 'found';
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return `${error.diagnostics[0].code}: ${error.diagnostics[0].message}`;
  }
};

describe('a search of bits', () => {
  it('goes down by the least error for the bytes that are saved, and skips widths that are worth nothing', () => {
    const steps = narrowingSteps(layers).map(({ layer, to, bytes }) => `${layer}${to.bits} ${bytes}`);
    expect(steps).toEqual([
      'large4 560',
      'small4 520',
      'large3 420',
      'odd2 360',
      'small3 350',
      'large2 250',
      'small2 240',
    ]);
  });

  it('takes the first state that has few enough bytes, without measuring', async () => {
    const found = await searchBits(layers, { maxBytes: 400 }, () => expect.fail('it was measured'));
    expect(found.bytes).toBe(360);
    expect(found.layers.map(({ width }) => width.bits)).toEqual([3, 4, 2]);
    expect(found.accuracy).toBeUndefined();
  });

  it('takes the last state that is right often enough, and measures few', async () => {
    measured.length = 0;
    const found = await searchBits(layers, { minAccuracy: 0.935 }, accuracyOf);
    expect(found.layers.map(({ layer, width }) => `${layer}${width.bits}`)).toEqual(['large3', 'small4', 'odd2']);
    expect(found.accuracy).toBeCloseTo(0.94);
    expect(measured.length).toBeLessThanOrEqual(4);
    expect(measured[0]).toBe('large8 small8 odd8');
  });

  it('meets both goals, or says that they do not go together', async () => {
    const both = await searchBits(layers, { minAccuracy: 0.9, maxBytes: 300 }, accuracyOf);
    expect(both.bytes).toBeLessThanOrEqual(300);
    expect(await messageOf(searchBits(layers, { minAccuracy: 0.98, maxBytes: 300 }, accuracyOf))).toMatch(
      /E0507: 92.00 % of/,
    );
    expect(await messageOf(searchBits(layers, { maxBytes: 239 }, accuracyOf))).toMatch(
      /E0507: the weights take 240 bytes/,
    );
  });
});
