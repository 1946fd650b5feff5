import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import type { Node } from '../../src/ir/graph.js';
import { constant, type Quantisation, quantisedType, type TensorType } from '../../src/ir/tensor.js';
import { mveDense } from '../../src/kernels/dense/mve.js';
import { isPlan, type KernelPlan, offersOf } from '../../src/kernels/kernel.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { dense } from '../../src/ops/dense.js';
import { accumulatorRanges } from '../../src/ops/shared/accumulator.js';
import { isIntegerLinear, withBounds } from '../../src/passes/bound-accumulators.js';
import { withFoldedBias } from '../../src/passes/fold-zero-points.js';

const weights = fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 1, maxLength: 20 });
const biases = fc.integer({ min: -(2 ** 29), max: 2 ** 29 });
const int8 = (zeroPoint: number): TensorType =>
  quantisedType({ height: 1, width: 1, channels: 1 }, { scale: 1, zeroPoint });
const zeroPoints = fc.integer({ min: -128, max: 127 });

describe('the range of an accumulator', () => {
  it('is reached by extreme inputs, at both ends, and no partial sum leaves it', () => {
    fc.assert(
      fc.property(
        weights,
        biases,
        zeroPoints,
        fc.infiniteStream(fc.integer({ min: -128, max: 127 })),
        (w, b, z, xs) => {
          const [{ low, high }] = accumulatorRanges(
            constant('i8', [1, w.length], w),
            constant('i32', [1], [b]),
            int8(z),
          );
          const sums = (x: (weight: number) => number) => {
            let sum = b - z * w.reduce((a, c) => a + c, 0);
            return [sum, ...w.map(weight => (sum += weight * x(weight)))];
          };
          expect(sums(weight => (weight > 0 ? 127 : -128)).at(-1)).toBe(high);
          expect(sums(weight => (weight > 0 ? -128 : 127)).at(-1)).toBe(low);
          for (const sum of sums(() => xs.next().value ?? 0)) {
            expect(sum).toBeGreaterThanOrEqual(low);
            expect(sum).toBeLessThanOrEqual(high);
          }
        },
      ),
    );
  });

  it('is of each channel with its own weights', () => {
    const ranges = accumulatorRanges(
      constant('i8', [2, 2], [1, -2, 0, 3]),
      constant('i32', [2], [10, -1000]),
      int8(-128),
    );
    // 10 + 128 * -1 and -1000 + 128 * 3, with products of -128 to 127 and so on.
    expect(ranges).toEqual([
      { low: -118 - 128 - 254, high: -118 + 127 + 256 },
      { low: -616 - 384, high: -616 + 381 },
    ]);
  });
});

interface Layer {
  readonly bias: number;
  readonly factor: number;
  readonly rounding: Rounding;
  readonly zeroPoint?: number;
  readonly affineOffset?: number;
  readonly affineScale?: number;
  /** Of the bias; `f64` stands for 64 bits. */
  readonly dtype?: 'i32' | 'f64';
  readonly bits?: 16;
}

/** As the passes leave it that follow lowering. */
const finished = (node: Node, input: TensorType): Node =>
  isIntegerLinear(node) ? withFoldedBias(withBounds(node, input), input) : node;

/** A dense layer of one unit with one weight of zero: the accumulator is the bias. */
function lowered(layer: Layer) {
  const { bias, factor, rounding, zeroPoint = 0, affineOffset, affineScale = 1, dtype = 'i32', bits } = layer;
  const affine = affineOffset !== undefined;
  const quantisation: Quantisation = { scale: 1, zeroPoint: 0, bits };
  const input = quantisedType({ height: 1, width: 1, channels: 1 }, quantisation);
  const node: Node = {
    name: 'fc',
    op: 'dense',
    inputs: ['x'],
    attributes: { units: 1, bias: true, activation: { kind: affine ? 'relu' : 'identity' }, affine },
    constants: {
      weight: constant('i8', [1, 1, 1, 1], [0]),
      bias: constant(dtype, [1], [bias]),
      weightScale: constant('f64', [1], [factor]),
      ...(affine
        ? { affineScale: constant('f64', [1], [affineScale]), affineOffset: constant('f64', [1], [affineOffset]) }
        : {}),
    },
    type: { dtype: 'f32', shape: input.shape },
  };
  const result = dense.lower?.(node, { inputs: [input], output: { scale: 1, zeroPoint }, rounding }) ?? node;
  return { node: finished(result, input), input };
}

function planOf(layer: Layer): KernelPlan | undefined {
  const { node, input } = lowered(layer);
  return offersOf(mveDense, node, [{ ...input, aligned: true }]).find(isPlan);
}

function refusal(layer: Layer): string | undefined {
  try {
    lowered(layer);
    return undefined;
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return error.diagnostics.map(d => `${d.code} ${d.message}: ${d.notes.map(n => n.message).join()}`).join();
  }
}

const largest = 2 ** 31 - 1;
const refused = /^E0501 the accumulator of channel 0 of 'fc'/;
const resultRefused = /^E0501 the requantised accumulator of channel 0 of 'fc'/;

describe('a bias of 64 bits', () => {
  it('is refused where the layer reads int8: kernels for it have int32', () => {
    const layer = { bias: 5, factor: 1 / 4, rounding: 'tflite', dtype: 'f64' } as const;
    expect(refusal(layer)).toMatch(/^E0313 dense 'fc' has biases of 64 bits/);
    expect(refusal({ ...layer, bits: 16 })).toBeUndefined();
  });
});

describe('E0501', () => {
  it('a factor just below one that rounds to one shifts left', () => {
    const layer = { factor: 1 - 2 ** -40, rounding: 'tflite' } as const;
    expect(refusal({ ...layer, bias: 2 ** 30 })).toMatch(refused);
    expect(refusal({ ...layer, bias: 2 ** 30 - 1 })).toBeUndefined();
  });

  it('the zero point counts', () => {
    for (const rounding of ['tflite', 'tflite-single'] as const) {
      // The multiplier is 2^31 - 64: the result is 63 below the accumulator.
      const layer = { factor: 1 - 2 ** -25, rounding };
      expect(refusal({ ...layer, bias: largest, zeroPoint: 127 })).toMatch(resultRefused);
      expect(refusal({ ...layer, bias: -largest, zeroPoint: -128 })).toMatch(resultRefused);
      expect(refusal({ ...layer, bias: largest, zeroPoint: 60 })).toBeUndefined();
      expect(refusal({ ...layer, bias: largest - 70, zeroPoint: 127 })).toBeUndefined();
    }
  });

  it('the offset of a batch norm counts', () => {
    const layer = { factor: 1 - 2 ** -16, rounding: 'tflite', bias: largest } as const;
    expect(refusal({ ...layer, affineOffset: 2 ** 16 })).toMatch(resultRefused);
    expect(refusal({ ...layer, affineOffset: 2 ** 14 })).toBeUndefined();
  });
});

describe('of several channels', () => {
  it('the one that can overflow is named', () => {
    const { node, input } = lowered({ bias: 0, factor: 0.5, rounding: 'native' });
    const weight = constant('i8', [4, 1, 1, 1], [1, -127, 1, 100]);
    // The second and the third channel reach the limit, and do not pass it.
    const bias = constant('i32', [4], [0, -(largest - 127 * 127), largest - 127, largest - 100 * 127 + 1]);
    const scales = { weightScale: constant('f64', [4], [0.4, 0.4, 0.4, 0.4]) };
    const wide: Node = {
      ...node,
      attributes: { ...node.attributes, units: 4 },
      constants: { weight, bias, ...scales },
      type: { dtype: 'f32', shape: { ...node.type.shape, channels: 4 } },
    };
    const lower = () =>
      finished(
        dense.lower?.(wide, { inputs: [input], output: { scale: 1, zeroPoint: 0 }, rounding: 'native' }) ?? wide,
        input,
      );
    expect(lower).toThrow("the accumulator of channel 3 of 'fc' could leave the range of int32");
    bias.data[3] -= 1;
    expect(lower).not.toThrow();
  });
});

describe('E0502', () => {
  it('a batch norm after the activation counts into the factor', () => {
    const layer = { bias: 0, factor: 0.5, rounding: 'native', affineOffset: 0 } as const;
    expect(refusal({ ...layer, affineScale: 65534 })).toBeUndefined();
    expect(refusal({ ...layer, affineScale: -65536 })).toMatch(/^E0502 .* factor of 32768:/);
    expect(refusal({ ...layer, affineScale: 65536 * (1 - 2 ** -50) })).toMatch(/^E0502 /);
  });
});

describe('the kernel plan tells the bound', () => {
  it('of the accumulator, and after the shift that the rule makes', () => {
    const layer = { bias: 1000, factor: 1.75, rounding: 'native' } as const;
    const shiftedAccumulator = { shift: 2, bound: 4000, channel: 0, factor: 1.75 };
    expect(planOf(layer)).toMatchObject({ accumulatorBound: 1000, shiftedAccumulator });
    expect(planOf({ ...layer, rounding: 'tflite' })).toMatchObject({
      shiftedAccumulator: { ...shiftedAccumulator, shift: 1, bound: 2000 },
    });
    expect(planOf({ ...layer, rounding: 'tflite-single' })).not.toHaveProperty('shiftedAccumulator');
    expect(planOf({ ...layer, factor: 0.4 })).not.toHaveProperty('shiftedAccumulator');
  });
});
