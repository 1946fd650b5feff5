import { describe, expect, it } from 'vitest';
import { accuracyMeter, type FitBits, type LabelledImages } from '../../src/quantize/measure-bits.js';
import type { QuantisedModel } from '../../src/quantize/quantise.js';

const count = 10_000;
const empty: QuantisedModel = {
  graph: { form: 'quantised', name: 'm', nodes: [], output: '' },
  activations: new Map(),
  rounding: 'native',
};

/** A model for each number of bits; `wrong` says which images it gets wrong. */
function laboratory(wrong: Readonly<Record<number, (i: number) => boolean>>) {
  const runs: string[] = [];
  const bitsOf = new Map<QuantisedModel, number>();
  const modelFor: FitBits = async ([{ bits }]) => {
    const model = { ...empty };
    bitsOf.set(model, bits);
    return model;
  };
  const images: LabelledImages = {
    count,
    async run(model, from, to, onProgress) {
      const bits = bitsOf.get(model) ?? expect.fail('an unknown model');
      runs.push(`${bits}: ${from} to ${to}`);
      onProgress('measuring', to - from, to - from);
      return Array.from({ length: to - from }, (_, i) => !wrong[bits](from + i));
    },
  };
  return { runs, meter: accuracyMeter(images, modelFor, modelFor, () => {}) };
}

const every = (n: number) => (i: number) => i % n === 0;

describe('accuracies for the search of bits', () => {
  it('far from what is wanted, a part of the images tells enough', async () => {
    const { runs, meter } = laboratory({ 8: every(5), 2: every(2), 4: every(5) });
    expect(await meter.measure([{ pattern: '*', bits: 8 }])).toBeCloseTo(0.8);
    expect(await meter.estimate([{ pattern: '*', bits: 2 }], 0.79)).toBeCloseTo(0.5);
    expect(await meter.estimate([{ pattern: '*', bits: 4 }], 0.79)).toBeCloseTo(0.8);
    expect(runs).toEqual(['8: 0 to 10000', '2: 0 to 2000', '4: 0 to 2000']);
  });

  it('an estimate counts what has changed: the first images may be harder than others', async () => {
    const hard = (i: number) => every(i < 2000 ? 2 : 10)(i);
    const { runs, meter } = laboratory({ 8: hard, 4: i => hard(i) || i % 4 === 1 });
    expect(await meter.measure([{ pattern: '*', bits: 8 }])).toBeCloseTo(0.82);
    expect(await meter.estimate([{ pattern: '*', bits: 4 }], 0.8)).toBeCloseTo(0.57);
    expect(runs[1]).toBe('4: 0 to 2000');
  });

  it('near to it all images are run', async () => {
    // 1 % of all images are lost, but all of them after the first part.
    const late = (i: number) => every(5)(i) || (i > 2000 && i % 80 === 1);
    const { runs, meter } = laboratory({ 8: every(5), 4: late });
    await meter.measure([{ pattern: '*', bits: 8 }]);
    expect(await meter.estimate([{ pattern: '*', bits: 4 }], 0.7995)).toBeCloseTo(0.79);
    expect(runs.slice(1)).toEqual(['4: 0 to 2000', '4: 2000 to 10000']);
  });
});
