import { describe, expect, it, onTestFailed } from 'vitest';
import { subByteWidths } from '../../src/ir/tensor.js';
import { roundings } from '../../src/numeric/requantise.js';
import { referenceTensors, requireSameResults } from '../../src/run/compare.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { expectDriversEqual } from '../ops/equality.js';
import { goals, randomNetwork, targets } from './random-network.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';
// One for each core, with everything between them; others have to be found when the generator changes.
const few = [60, 61, 8, 153, 16, 119];
const seeds = exhaustive ? Array.from({ length: 150 }, (_, i) => i + 1) : few;

const kinds = [
  ...subByteWidths.map(bits => `weights of ${bits} bits`),
  ...[...targets, ...roundings, ...goals],
  ...['infer', 'push-row', 'consume-input'],
  ...['int16', 'zeros', 'biases of 48 bits', 'fewer channels', 'any kernels'],
  // Of the kernels those that types are mixed for, on each kind of core.
  ...['dsp-int16', 'dsp-sub-byte', 'swar', 'mve'].map(kernel => `kernels/dot-product/${kernel}`),
];

// Most faults are in what two features make of each other: so here they meet, in networks that nobody would write.
describe('networks of mixed types', () => {
  const seen = new Map<string, number>();

  it.each(seeds)(
    'network %i is the same in C',
    async seed => {
      const { text, all, compiled, kinds: own } = await randomNetwork(seed);
      for (const kind of own) seen.set(kind, (seen.get(kind) ?? 0) + 1);
      onTestFailed(() => console.error(text));
      const { graph, firmware } = compiled;
      if (graph !== all.graph) {
        const vectors = [...extremeVectors(firmware.inputBytes), ...randomVectors(3, firmware.inputBytes)];
        const [before, after] = [await referenceTensors(all.graph, vectors), await referenceTensors(graph, vectors)];
        requireSameResults(all.graph, before, graph, after);
      }
      await expectDriversEqual(graph, firmware, 3);
    },
    300_000,
  );

  // That none of them is there for nothing: what the compiler refuses, it does not get.
  it.each(kinds)('were of the kind %s, some of them', kind => {
    expect(seen.get(kind) ?? 0).toBeGreaterThanOrEqual(exhaustive ? 3 : 1);
  });
});
