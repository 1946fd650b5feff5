import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import type { Node } from '../../src/ir/graph.js';
import type { Quantisation, TensorType } from '../../src/ir/tensor.js';
import { isPlan, offersOf } from '../../src/kernels/kernel.js';
import { genericAdd } from '../../src/kernels/pair/generic.js';
import type { TermView } from '../../src/kernels/requantise/generic.js';
import { type Rounding, roundings } from '../../src/numeric/requantise.js';
import { add } from '../../src/ops/sum.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel } from '../../src/pipeline/index.js';
import { lowerModel } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { readText } from '../frontend/read-text.js';

const quantised = (scale: number, zeroPoint: number): Quantisation => ({ scale, zeroPoint });

function typed(channels: number, quantisation: Quantisation): TensorType {
  return { dtype: 'i8', shape: { height: 1, width: 1, channels }, quantisation };
}

/** An addition in integer form, and its two input types. */
function lowered(
  rounding: Rounding,
  [a, b, output]: readonly [Quantisation, Quantisation, Quantisation],
  channels = 1,
  kind = 'identity',
): { node: Node; inputs: readonly [TensorType, TensorType] } {
  const inputs = [typed(channels, a), typed(channels, b)] as const;
  const node: Node = {
    name: 'sum',
    op: add.kind,
    inputs: ['a', 'b'],
    attributes: { activation: { kind } },
    constants: {},
    type: inputs[0],
  };
  return { node: add.lower?.(node, { inputs, output, rounding }) ?? expect.fail(), inputs };
}

function sums(
  rounding: Rounding,
  scales: readonly [Quantisation, Quantisation, Quantisation],
  a: readonly number[],
  b: readonly number[],
  kind?: string,
): number[] {
  const { node, inputs } = lowered(rounding, scales, a.length, kind);
  const operands = [a, b].map((values, i) => ({ type: inputs[i], data: Int8Array.from(values) }));
  return Array.from(add.reference?.(node, operands) ?? []);
}

describe('the reference of add, against values computed by hand', () => {
  // In real units 4 + 0.75, -4 - 0.75, 0 + 0, 65 + 29.25 (too much), -62.5 - 34.5 (too little); output steps of 0.5.
  const scales = [quantised(0.5, -3), quantised(0.25, 10), quantised(0.5, -1)] as const;
  const a = [5, -11, -3, 127, -128];
  const b = [13, 7, 10, 127, -128];

  it.each([
    // 9.5 and -9.5 steps: halves go up, but away from zero where TFLite rounds twice.
    ['native', [9, -10, -1, 127, -128]],
    ['tflite', [9, -11, -1, 127, -128]],
    ['tflite-single', [9, -10, -1, 127, -128]],
  ] as const)('%s', (rounding, expected) => {
    expect(sums(rounding, scales, a, b)).toEqual(expected);
  });

  it('clamps to the range of a fused activation', () => {
    expect(sums('native', scales, a, b, 'relu')).toEqual([9, -1, -1, 127, -1]);
    expect(sums('native', scales, a, b, 'relu6')).toEqual([9, -1, -1, 11, -1]);
  });

  it('native multipliers: the largest shift that leaves int32 room', () => {
    // 255 * (1 + 1/2) * 2^22 + 2^21 < 2^31, and not so for 2^23.
    expect(lowered('native', scales).node.attributes.requantisation).toEqual({
      rounding: 'native',
      multipliers: [2 ** 22, 2 ** 21],
      shift: 22,
      low: -128,
      high: 127,
    });
    // Small factors: never more than 30.
    const small = [quantised(1, 0), quantised(1, 0), quantised(1024, 0)] as const;
    expect(lowered('native', small).node.attributes.requantisation).toMatchObject({
      shift: 30,
      multipliers: [2 ** 20, 2 ** 20],
    });
  });

  it('tflite multipliers: inputs to twice the larger scale, the sum from 2^20 of that to the output', () => {
    expect(lowered('tflite', scales).node.attributes.requantisation).toEqual({
      rounding: 'tflite',
      inputs: [
        { multiplier: 2 ** 30, shift: 0 },
        { multiplier: 2 ** 30, shift: -1 },
      ],
      output: { multiplier: 2 ** 30, shift: -18 },
      low: -128,
      high: 127,
    });
  });
});

it('the float meaning of add is the sum, through the fused activation', () => {
  const shape = { height: 1, width: 1, channels: 4 };
  const type: TensorType = { dtype: 'f32', shape };
  const operands = [
    { type, data: Float32Array.of(1.5, -2, 5, 0) },
    { type, data: Float32Array.of(0.25, 1, 3, -4) },
  ];
  const evaluate = (kind: string) => {
    const attributes = { activation: { kind } };
    return add.evaluate({ name: 'sum', op: add.kind, inputs: ['a', 'b'], attributes, constants: {}, type }, operands);
  };
  expect(evaluate('identity')).toEqual(Float32Array.of(1.75, -1, 8, -4));
  expect(evaluate('relu6')).toEqual(Float32Array.of(1.75, 0, 6, 0));
});

const zeroPoint = fc.integer({ min: -128, max: 127 });
const quantisation = (least: number, most: number) =>
  fc.record({ scale: fc.double({ min: least, max: most, noNaN: true }), zeroPoint });
const int8 = fc.integer({ min: -128, max: 127 });

describe('add for any scales', () => {
  it('rounds the real sum to the nearest step under every rule', () => {
    const q = quantisation(0.02, 1);
    fc.assert(
      fc.property(q, q, q, int8, int8, (a, b, output, x, y) => {
        const real = (a.scale * (x - a.zeroPoint) + b.scale * (y - b.zeroPoint)) / output.scale + output.zeroPoint;
        for (const rounding of roundings) {
          const [got] = sums(rounding, [a, b, output], [x], [y]);
          expect(Math.abs(got - Math.min(Math.max(real, -128), 127))).toBeLessThanOrEqual(0.51);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the native accumulator in int32, after each addition of the C', () => {
    fc.assert(
      fc.property(quantisation(1e-3, 1e3), quantisation(1e-3, 1e3), quantisation(1e-2, 1e2), (a, b, output) => {
        const { node, inputs } = lowered('native', [a, b, output]);
        const aligned = inputs.map(input => ({ ...input, aligned: true }));
        const plan = offersOf(genericAdd, node, aligned).find(isPlan);
        const view = plan?.view.native as { a: number; b: number; start: number; shift: number; offset: TermView };
        const offset = view.offset.minus ? -view.offset.magnitude : view.offset.magnitude;
        for (const x of [-128, 127]) {
          for (const y of [-128, 127]) {
            const first = view.start + x * view.a;
            for (const partial of [view.start, x * view.a, y * view.b, first, first + y * view.b]) {
              expect(partial).toBeGreaterThanOrEqual(-(2 ** 31));
              expect(partial).toBeLessThan(2 ** 31);
            }
            const q = Math.floor((first + y * view.b) / 2 ** view.shift) + offset;
            expect([Math.min(Math.max(q, -128), 127)]).toEqual(sums('native', [a, b, output], [x], [y]));
          }
        }
        expect(plan?.accumulatorBound).toBeLessThan(2 ** 31);
      }),
    );
  });
});

describe('scales too far apart are refused', () => {
  it.each([
    ['native', 'a sum that overflows at any shift', 2 ** 23, 1],
    ['native', 'an input that counts for nothing', 1, 2 ** -31],
    ['tflite', 'a factor of the sum of one', 2 ** 19, 1],
    ['tflite-single', 'a sum that vanishes', 2 ** -14, 2 ** -14],
  ] as const)('%s: %s', (rounding, _what, a, b) => {
    try {
      lowered(rounding, [quantised(a, 0), quantised(b, 0), quantised(1, 0)]);
      expect.fail('it was taken');
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      expect(error.diagnostics).toEqual([
        {
          code: 'E0502',
          severity: 'error',
          message: "'sum' cannot bring its inputs to the scale of its output",
          span: undefined,
          notes: [{ message: `input scales ${a} and ${b}, output scale 1` }],
          hint: 'scales must be positive and of a comparable size; quantise again with representative calibration images',
        },
      ]);
    }
  });

  it('but not scales just inside', () => {
    const { node } = lowered('native', [quantised(2 ** 22, 0), quantised(1, 0), quantised(1, 0)]);
    expect(node.attributes.requantisation).toMatchObject({ shift: 1, multipliers: [2 ** 23, 2] });
    lowered('tflite', [quantised(2 ** 18, 0), quantised(1, 0), quantised(1, 0)]);
  });
});

describe('the C of add equals the reference for uneven scales and extreme zero points', () => {
  const source = `import { activation, add, defineModel, input, maxPool } from 'effnetc';
export default defineModel('sums', () => {
  const x = input({ name: 'x', height: 3, width: 5, channels: 7, scale: 0.5, zeroPoint: -128 });
  const wide = maxPool(x, { kernel: [1, 2], stride: 1, padding: 'same' });
  const y = activation(wide, { name: 'y', kind: 'leakyRelu', slope: 0.5 });
  const first = add(x, y, { name: 'first' });
  const second = add(y, first, { name: 'second' });
  const twice = add(second, second, { name: 'twice' });
  return add(twice, x, { name: 'last' });
});
`;
  const scales: ReadonlyMap<string, Quantisation> = new Map([
    ['x', quantised(0.5, -128)],
    ['y', quantised(0.031, 127)],
    ['first', quantised(0.7, 127)],
    ['second', quantised(97, 0)],
    ['twice', quantised(3.1, -1)],
    ['last', quantised(0.5, -128)],
  ]);

  it.each(roundings)('%s, sanitizers on', async rounding => {
    const { graph: float } = await readText(source);
    const graph = lowerModel({
      graph: { ...(float ?? expect.fail()), form: 'quantised' },
      activations: scales,
      rounding,
    });
    const files = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };
    const { firmware } = compileModel({ graph, rounding, source: files }, loadTarget('host'), '0.0.0');
    const reason = hostDriver.unavailable(firmware);
    if (reason !== undefined && process.env.CI !== 'true') return console.warn(`skipped: ${reason}`);
    const vectors = [...extremeVectors(firmware.inputBytes), ...randomVectors(20, firmware.inputBytes)];
    const expected = await referenceTensors(graph, vectors);
    const [report] = await verifyDrivers(graph, firmware, vectors, expected, [hostDriver]);
    expect(report).toEqual({ name: 'host', status: 'equal' });
  });
});
