import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { Session } from '../../src/diagnostics/session.js';
import { isQuantised } from '../../src/frontend/import/imported-model.js';
import { importOnnxBytes } from '../../src/frontend/onnx/import-onnx.js';
import { translations } from '../../src/frontend/onnx/ops/index.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { floatPasses, runPasses } from '../../src/passes/index.js';
import { lowerModel } from '../../src/quantize/quantise.js';
import { qlinear, residual, shuffled } from './networks.js';
import { type ModelSpec, type NodeSpec, type TensorSpec, writeOnnx } from './write-onnx.js';

const runs = process.env.EFFNETC_EXHAUSTIVE === '1' ? 6000 : 300;

const networks = [residual('INT8'), qlinear(), shuffled()];
const originals = networks.map(writeOnnx);

/** Imports and lowers; undefined when the file was refused. Anything but a diagnostic is a fault. */
function attempt(bytes: Uint8Array): true | undefined {
  try {
    const model = importOnnxBytes(bytes, 'fuzz.onnx', new Session());
    if (isQuantised(model)) verifyGraph(lowerModel(model), 'lower');
    else runPasses(verifyGraph(model.graph, 'import'), floatPasses);
    return true;
  } catch (error) {
    if (error instanceof CompileError && error.diagnostics.length > 0) return undefined;
    throw error;
  }
}

/** The same, within bounds of time and memory. */
function bounded(bytes: Uint8Array): true | undefined {
  const [started, before] = [process.cpuUsage(), process.memoryUsage().arrayBuffers];
  const result = attempt(bytes);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(5);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 2 ** 20);
  return result;
}

const change = fc.record({
  at: fc.nat(1 << 20),
  width: fc.constantFrom(1, 2, 4),
  value: fc.oneof(fc.constantFrom(0, 1, 2, 0x7f, 0x80, 0xff, 0x7fffffff, 0xffffffff), fc.nat()),
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
          if (bounded(bytes)) imported++;
          else refused++;
        },
      ),
      { numRuns: runs },
    );
    // Both happen: the mutations are neither all harmless nor all fatal.
    expect(Math.min(imported, refused)).toBeGreaterThan(runs / 50);
  });

  it('every truncation is refused', () => {
    const [bytes] = originals;
    for (let length = 0; length < bytes.length; length += 61) expect(attempt(bytes.slice(0, length))).toBeUndefined();
  });
});

const size = fc.constantFrom(-2, -1, 0, 1, 2, 3, 5, 65536, 2 ** 31 - 1, 2 ** 40);
const number = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e-38, 0.01, 1, 1e20);
const kind = fc.constantFrom(...translations.keys(), 'Resize', 'QuantizeLinear', 'DequantizeLinear', 'QLinearConv');

interface Distortion {
  readonly constant?: Partial<TensorSpec>;
  readonly node?: Partial<NodeSpec>;
  readonly attribute?: number | readonly number[];
  readonly input?: number;
}

/** Sound protobufs that say something senseless. */
const senseless: fc.Arbitrary<[number, number, Distortion]> = fc.tuple(
  fc.nat(),
  fc.nat(),
  fc.oneof(
    fc.record({ constant: fc.record({ dims: fc.array(size.map(Math.abs), { maxLength: 6 }) }) }),
    fc.record({ constant: fc.record({ values: fc.array(number, { maxLength: 12 }) }) }),
    fc.record({
      constant: fc.record({ type: fc.constantFrom('FLOAT', 'UINT8', 'INT16', 'INT32', 'STRING', 'FLOAT16') }),
    }),
    fc.record({ constant: fc.record({ external: fc.boolean(), typed: fc.boolean() }) }),
    fc.record({ node: fc.record({ kind }) }),
    fc.record({ attribute: fc.oneof(size, fc.array(size, { maxLength: 5 })) }),
    fc.record({ input: fc.nat() }),
  ),
);

function distort(network: ModelSpec, changes: readonly [number, number, Distortion][]): ModelSpec {
  const constants = { ...network.constants };
  const nodes = [...network.nodes];
  const names = [...Object.keys(constants), ...nodes.flatMap(node => node.outputs)];
  for (const [a, b, change] of changes) {
    const name = Object.keys(constants)[a % Object.keys(constants).length];
    const at = b % nodes.length;
    const node = nodes[at];
    if (change.constant !== undefined) constants[name] = { ...constants[name], ...change.constant };
    if (change.node !== undefined) nodes[at] = { ...node, ...change.node };
    if (change.input !== undefined && node.inputs.length > 0) {
      nodes[at] = { ...node, inputs: node.inputs.with(a % node.inputs.length, names[change.input % names.length]) };
    }
    const keys = [...Object.keys(node.attributes ?? {}), 'axis'];
    if (change.attribute !== undefined) {
      nodes[at] = { ...node, attributes: { ...node.attributes, [keys[a % keys.length]]: change.attribute } };
    }
  }
  return { ...network, nodes, constants };
}

describe('senseless networks', () => {
  it('are imported or refused, in bounded time', () => {
    let imported = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...networks),
        fc.array(senseless, { minLength: 1, maxLength: 3 }),
        (network, changes) => {
          if (bounded(writeOnnx(distort(network, changes)))) imported++;
        },
      ),
      { numRuns: runs },
    );
    expect(imported).toBeGreaterThan(runs / 50);
    expect(imported).toBeLessThan(runs * 0.9);
  });

  it('constants may be many times a few bytes, but not without end', () => {
    const node = { kind: 'Conv', inputs: ['x', 'w'], attributes: { dilations: [1000, 1000] } };
    const model: ModelSpec = {
      inputs: [{ name: 'x', dims: [1, 1, 4000, 4000] }],
      outputs: [{ name: 'y' }],
      nodes: [{ ...node, outputs: ['y'] }],
      constants: { w: { type: 'FLOAT', dims: [1, 1, 3, 3], values: new Array<number>(9).fill(1) } },
    };
    expect(bounded(writeOnnx(model))).toBeUndefined();
  });
});
