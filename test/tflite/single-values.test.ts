import { describe, expect, it } from 'vitest';
import { layersOf, loweredNetwork, run } from './run.js';
import { activation, int8, type NetworkSpec, type TensorSpec } from './write-tflite.js';

const all = Array.from({ length: 256 }, (_, i) => i - 128);

function unary(
  kind: string,
  input: TensorSpec,
  output: TensorSpec,
  options = {},
  constants: TensorSpec[] = [],
): NetworkSpec {
  const inputs = [0, ...constants.map((_, i) => i + 2)];
  return { tensors: [input, output, ...constants], operators: [{ kind, inputs, outputs: [1], options }] };
}

const wide = (scale: number, zeroPoint: number) => activation([1, 1, 256, 1], scale, zeroPoint);

/** Every int8 value through an operator; the scales are those that a file holds, in float32. */
function through(
  kind: string,
  [scale, zero]: readonly [number, number],
  [scaleOut, zeroOut]: readonly [number, number],
  options = {},
) {
  const made = run(unary(kind, wide(scale, zero), wide(scaleOut, zeroOut), options), all);
  const real = (f: (x: number) => number) =>
    all.map(q => Math.min(Math.max(f(Math.fround(scale) * (q - zero)) / Math.fround(scaleOut) + zeroOut, -128), 127));
  return { made, real };
}

/** The largest difference from real numbers, in steps of the output. */
const error = (made: readonly number[], real: readonly number[]) =>
  Math.max(...made.map((q, i) => Math.abs(q - real[i])));

describe('functions of single values', () => {
  it.each([
    ['LOGISTIC', [0.05, 12], [1 / 256, -128], (x: number) => 1 / (1 + Math.exp(-x)), 0.6],
    ['LOGISTIC', [0.5, -40], [1 / 256, -128], (x: number) => 1 / (1 + Math.exp(-x)), 0.6],
    ['TANH', [0.03, -7], [1 / 128, 0], Math.tanh, 0.6],
    // In 16 bits: an error of a step is in the definition.
    ['HARD_SWISH', [0.06, 3], [0.04, -60], (x: number) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6, 1.1],
    ['RELU', [0.1, 20], [0.07, -128], (x: number) => Math.max(x, 0), 1],
    ['QUANTIZE', [0.1, 20], [0.13, 5], (x: number) => x, 1],
    ['ELU', [0.06, 3], [0.04, -60], (x: number) => (x < 0 ? Math.expm1(x) : x), 0.501],
    ['LEAKY_RELU', [0.1, 20], [0.08, -100], (x: number) => (x < 0 ? 0.3 * x : x), 1],
  ] as const)('%s is near the real function', (kind, input, output, f, most) => {
    const { made, real } = through(kind, input, output, { alpha: 0.3 });
    expect(error(made, real(f))).toBeLessThan(most);
    expect(new Set(made).size).toBeGreaterThan(20);
  });

  // Source: reference_integer_ops::Logistic: beyond 15 / scale the ends of int8; one half at the zero point.
  it('LOGISTIC ends at the ends of int8', () => {
    const { made } = through('LOGISTIC', [0.25, 0], [1 / 256, -128]);
    expect([made[128 - 61], made[128 - 60], made[128], made[128 + 59], made[128 + 60]]).toEqual([
      -128, -128, 0, 127, 127,
    ]);
  });

  // Source: reference_integer_ops::Tanh, odd but for the end of int8.
  it('TANH is odd', () => {
    const { made } = through('TANH', [0.02, 0], [1 / 128, 0]);
    for (let x = 1; x < 128; x++) expect(made[128 - x]).toBe(-made[128 + x]);
  });

  // Source: reference_ops::HardSwish: nothing below -3; from 3 on the input, but for 32767 / 32768 in its 16 bits.
  it('HARD_SWISH is zero below -3, and the input above 3', () => {
    const { made } = through('HARD_SWISH', [0.0625, 0], [0.0625, 0]);
    expect(made.slice(0, 128 - 48).every(q => q === 0)).toBe(true);
    expect(made[128 + 64]).toBe(64);
    expect(made[128 + 16]).toBe(11); // 1 * 4 / 6 = 10.67 steps
  });

  it('QUANTIZE rounds twice', () => {
    // 5 / 4: the product rounds 2.5 to 3, the shift 1.5 to 2.
    const { made } = through('QUANTIZE', [0.25, 0], [1, 0]);
    expect([made[128 + 5], made[128 - 5], made[128 + 4]]).toEqual([2, -1, 1]);
  });

  // Source: Relu6Quantized: no change of scale.
  it('RELU6 and RELU_N1_TO_1 clamp', () => {
    expect(through('RELU6', [0.1, -20], [0.1, -20]).made).toEqual(all.map(q => Math.min(Math.max(q, -20), 40)));
    expect(through('RELU_N1_TO_1', [0.1, 7], [0.1, 7]).made).toEqual(all.map(q => Math.min(Math.max(q, -3), 17)));
  });

  // Source: reference_ops::BroadcastPrelu4DSlow: x * alpha in one product.
  it('PRELU has a table for each channel', () => {
    const alpha = int8([2, -4], [1, 1, 2], [0.125]);
    const network = unary('PRELU', activation([1, 2, 1, 2], 0.5, 1), activation([1, 2, 1, 2], 0.5, -1), {}, [alpha]);
    expect(layersOf(network)).toEqual(['lookup']);
    expect(loweredNetwork(network).nodes[1].constants.table.shape).toEqual([2, 256]);
    // Differences -8 and 4: -8 * 2 / 8 = -2, -8 * -4 / 8 = 4.
    expect(run(network, [-7, -7, 5, 5])).toEqual([-3, 3, 3, 3]);
  });

  it('SOFTMAX', () => {
    const network = unary('SOFTMAX', activation([1, 3], 0.1), activation([1, 3], 1 / 256, -128), { beta: 1 });
    // exp(0), exp(1), exp(2) over their sum: 0.0900, 0.2447, 0.6652 in steps of 1/256.
    expect(run(network, [0, 10, 20])).toEqual([23 - 128, 63 - 128, 170 - 128]);
  });
});

describe('the edges', () => {
  const float = (dims: readonly number[]): TensorSpec => ({ dims, type: 'FLOAT32' });

  it('QUANTIZE before and DEQUANTIZE after are left out', () => {
    const network: NetworkSpec = {
      tensors: [
        float([1, 1, 2, 1]),
        activation([1, 1, 2, 1], 0.5, 4),
        activation([1, 1, 2, 1], 0.5, 4),
        float([1, 1, 2, 1]),
      ],
      operators: [
        { kind: 'QUANTIZE', inputs: [0], outputs: [1] },
        { kind: 'RELU6', inputs: [1], outputs: [2] },
        { kind: 'DEQUANTIZE', inputs: [2], outputs: [3] },
      ],
    };
    expect(layersOf(network)).toEqual(['lookup']);
    expect(loweredNetwork(network).nodes[0].type.quantisation).toEqual({ scale: 0.5, zeroPoint: 4 });
    expect(run(network, [0, 100])).toEqual([4, 16]);
  });

  it('so are those between uint8 and int8 of one scale', () => {
    const uint8 = (zeroPoint: number): TensorSpec => ({
      dims: [1, 4],
      type: 'UINT8',
      scales: [0.5],
      zeroPoints: [zeroPoint],
    });
    const network: NetworkSpec = {
      tensors: [uint8(132), activation([1, 4], 0.5, 4), activation([1, 4], 0.5, 4), uint8(132)],
      operators: [
        { kind: 'QUANTIZE', inputs: [0], outputs: [1] },
        { kind: 'RELU6', inputs: [1], outputs: [2] },
        { kind: 'QUANTIZE', inputs: [2], outputs: [3] },
      ],
    };
    expect(run(network, [-128, 5, 9, 100])).toEqual([4, 5, 9, 16]);
  });
});
