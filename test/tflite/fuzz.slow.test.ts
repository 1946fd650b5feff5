import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { Session } from '../../src/diagnostics/session.js';
import { importTfliteBytes } from '../../src/frontend/tflite/import-tflite.js';
import { translations } from '../../src/frontend/tflite/ops/index.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { lowerModel } from '../../src/quantize/quantise.js';
import { effnet, oddOps, wideOps } from './networks.js';
import { type NetworkSpec, type OperatorSpec, type TensorSpec, writeTflite } from './write-tflite.js';

const runs = process.env.EFFNETC_EXHAUSTIVE === '1' ? 6000 : 300;

const networks = [effnet(), oddOps(), wideOps()];
const originals = networks.map(writeTflite);

/** Imports and lowers; undefined when the file was refused. Anything but a diagnostic is a fault. */
function attempt(bytes: Uint8Array): true | undefined {
  try {
    verifyGraph(lowerModel(importTfliteBytes(bytes, 'fuzz.tflite', new Session())), 'lower');
    return true;
  } catch (error) {
    if (error instanceof CompileError && error.diagnostics.length > 0) return undefined;
    throw error;
  }
}

const edge = fc.constantFrom(0, 1, 2, 3, 4, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffc);

/** Overwrites 1, 2 or 4 bytes; half of the time with an extreme. */
const change = fc.record({ at: fc.nat(1 << 20), width: fc.constantFrom(1, 2, 4), value: fc.oneof(edge, fc.nat()) });

const dims = fc.array(fc.constantFrom(0, 1, 2, 3, 4, 6, 7, 65536, 2 ** 31 - 1), { maxLength: 6 });
const scale = fc.constantFrom(0, -1, 1e-38, 3e-5, 0.02, 0.1, 1, 40, 1e20, Number.NaN, Number.POSITIVE_INFINITY);
const kind = fc.constantFrom(...translations.keys(), 'CUSTOM', 'RESIZE_BILINEAR', 'CONV_3D');

/** Sound FlatBuffers that say something senseless: reaches what lies after the checks of the format. */
const senseless = fc.tuple(
  fc.nat(),
  fc.nat(),
  fc.oneof(
    fc.record({ tensor: fc.record({ dims }) }),
    fc.record({ tensor: fc.record({ scales: fc.array(scale, { maxLength: 7 }) }) }),
    fc.record({
      tensor: fc.record({ zeroPoints: fc.array(fc.constantFrom(0, 1, -128, 127, 128, 1e12), { maxLength: 3 }) }),
    }),
    fc.record({
      tensor: fc.record({ type: fc.constantFrom('FLOAT32', 'UINT8', 'INT8', 'INT16', 'INT32', 'INT64', 'STRING') }),
    }),
    fc.record({
      tensor: fc.record({ data: fc.array(fc.constantFrom(-128, -5, -1, 0, 1, 2, 3, 127), { maxLength: 12 }) }),
    }),
    fc.record({ tensor: fc.record({ axis: fc.integer({ min: -1, max: 4 }) }) }),
    fc.record({ operator: fc.record({ kind }) }),
    fc.record({ operator: fc.record({ inputs: fc.array(fc.integer({ min: -1, max: 30 }), { maxLength: 4 }) }) }),
    fc.record({ operator: fc.record({ outputs: fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 3 }) }) }),
    fc.record({ options: fc.integer({ min: -2, max: 5 }) }),
  ),
);

function distort(network: NetworkSpec, changes: readonly [number, number, Distortion][]): NetworkSpec {
  const tensors = [...network.tensors];
  const operators = [...network.operators];
  for (const [t, o, change] of changes) {
    const [i, j] = [t % tensors.length, o % operators.length];
    if (change.tensor !== undefined) tensors[i] = { ...tensors[i], ...change.tensor };
    if (change.operator !== undefined) operators[j] = { ...operators[j], ...change.operator };
    const names = Object.keys(operators[j].options ?? {});
    if (change.options !== undefined && names.length > 0) {
      operators[j] = {
        ...operators[j],
        options: { ...operators[j].options, [names[t % names.length]]: change.options },
      };
    }
  }
  return { tensors, operators };
}

interface Distortion {
  readonly tensor?: Partial<TensorSpec>;
  readonly operator?: Partial<OperatorSpec>;
  readonly options?: number;
}

describe('senseless networks', () => {
  it('are imported or refused, in bounded time', () => {
    let imported = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...networks),
        fc.array(senseless, { minLength: 1, maxLength: 3 }),
        (network, changes) => {
          const started = process.cpuUsage();
          if (attempt(writeTflite(distort(network, changes)))) imported++;
          const { user, system } = process.cpuUsage(started);
          expect((user + system) / 1e6).toBeLessThan(5);
        },
      ),
      { numRuns: runs },
    );
    expect(imported).toBeGreaterThan(runs / 50);
    expect(imported).toBeLessThan(runs / 2);
  });
});

describe('mutated files', () => {
  it('the originals are imported', () => expect(originals.map(attempt)).toEqual([true, true, true]));

  it('are imported or refused, in bounded time and memory', () => {
    let [imported, refused] = [0, 0];
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(1 << 20) }),
        (original, changes, cut) => {
          const bytes = original.slice(0, cut === null ? undefined : cut % original.length);
          for (const { at, width, value } of changes) {
            for (let i = 0; i < width && bytes.length > 0; i++) bytes[(at + i) % bytes.length] = value / 2 ** (8 * i);
          }
          const [started, before] = [process.cpuUsage(), process.memoryUsage().arrayBuffers];
          if (attempt(bytes)) imported++;
          else refused++;
          const { user, system } = process.cpuUsage(started);
          expect((user + system) / 1e6).toBeLessThan(5);
          expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 2 ** 20);
        },
      ),
      { numRuns: runs },
    );
    // Both happen: the mutations are neither all harmless nor all fatal.
    expect(Math.min(imported, refused)).toBeGreaterThan(runs / 50);
  });

  it('every truncation is refused', () => {
    const [bytes] = originals;
    for (let length = 0; length < bytes.length; length += 7) expect(attempt(bytes.slice(0, length))).toBeUndefined();
  });
});
