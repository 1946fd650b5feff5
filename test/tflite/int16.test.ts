import { describe, expect, it } from 'vitest';
import {
  average16,
  exponentials,
  logistic16,
  mean16,
  product16,
  reciprocals,
  sigmoidTable,
  softmax16,
  sum16,
  tanh16,
  times32,
  times64,
  toInt8,
  toInt16,
} from './integers.js';
import { chain } from './networks.js';
import { layersOf, loweredNetwork, run } from './run.js';
import {
  activation,
  activation16,
  int8,
  int16,
  int32,
  int64,
  type NetworkSpec,
  type TensorSpec,
} from './write-tflite.js';

/** Ends, neighbours of zero and of powers of two, and values between. */
const telling = [
  -32768, -32767, -20000, -16385, -16384, -12345, -4097, -257, -128, -100, -5, -3, -2, -1, 0, 1, 2, 3, 5, 100, 127, 255,
  4096, 12345, 16383, 16384, 20000, 32766, 32767,
];
const row = (scale: number, values: readonly number[] = telling) => activation16([1, 1, values.length, 1], scale);

const unit = { padding: 1, stride_w: 1, stride_h: 1, dilation_w_factor: 1, dilation_h_factor: 1 };

const linear = (
  kind: string,
  options: Record<string, number>,
  x: TensorSpec,
  w: TensorSpec,
  bias: TensorSpec | undefined,
  y: TensorSpec,
): NetworkSpec => ({
  tensors: [x, w, y, ...(bias === undefined ? [] : [bias])],
  operators: [{ kind, options, inputs: [0, 1, bias === undefined ? -1 : 3], outputs: [2] }],
});

// Source of what is expected: reference_integer_ops::ConvPerChannel of int16, with int64 accumulators unless biases are int32.
describe('linear operators on int16', () => {
  const scales = [0.0007, 0.003, 0.011];
  const weights = [127, -3, -128 + 1];
  const factor = (o: number) => (Math.fround(0.001) * Math.fround(scales[o])) / Math.fround(0.0002);
  const conv = (bias: TensorSpec | undefined, options = {}) =>
    linear(
      'CONV_2D',
      { ...unit, ...options },
      row(0.001),
      int8(weights, [3, 1, 1, 1], scales),
      bias,
      activation16([1, 1, telling.length, 3], 0.0002),
    );
  const expected = (biases: readonly number[], times: typeof times64) =>
    telling.flatMap(x => weights.map((w, o) => toInt16(times(BigInt(x) * BigInt(w) + BigInt(biases[o]), factor(o)))));

  it('CONV_2D with int64 biases rounds once, by 16 bits of the multiplier', () => {
    const biases = [2 ** 36, -777, 12345];
    expect(run(conv(int64(biases)), telling)).toEqual(expected(biases, times64));
  });

  it('CONV_2D with int32 biases rounds twice, by all of them', () => {
    const biases = [1000, -777, 12345];
    expect(run(conv(int32(biases)), telling)).toEqual(expected(biases, times32));
    expect(expected(biases, times32)).not.toEqual(expected(biases, times64));
  });

  it('CONV_2D without biases accumulates in int64, unless its options say int32', () => {
    expect(run(conv(undefined), telling)).toEqual(expected([0, 0, 0], times64));
    expect(run(conv(undefined, { quantized_bias_type: 2 }), telling)).toEqual(expected([0, 0, 0], times32));
  });

  it('CONV_2D accumulates beyond 32 bits', () => {
    const count = 1024;
    const network = linear(
      'CONV_2D',
      unit,
      activation16([1, 1, 1, count], 1e-3),
      int8(new Array(count).fill(127), [1, 1, 1, count], [1e-6]),
      undefined,
      activation16([1, 1, 1, 1], 2e-4),
    );
    const total = BigInt(count * 127) * 32767n;
    expect(total).toBeGreaterThan(2n ** 31n);
    const real = (Math.fround(1e-3) * Math.fround(1e-6)) / Math.fround(2e-4);
    expect(run(network, new Array(count).fill(32767))).toEqual([toInt16(times64(total, real))]);
  });

  it('CONV_2D pads with zeros, and clamps as its activation says', () => {
    const network = linear(
      'CONV_2D',
      { ...unit, padding: 0, fused_activation_function: 3 },
      activation16([1, 1, 3, 1], 0.001),
      int8([1, 2, 4], [1, 1, 3, 1], [1]),
      int64([5]),
      activation16([1, 1, 3, 1], 0.001),
    );
    // 6 in steps of 0.001; a factor of one has 16 bits, too.
    const sums = [0 * 1 + 1000 * 2 + 30 * 4, 1000 * 1 + 30 * 2 + -900 * 4, 30 * 1 + -900 * 2];
    expect(run(network, [1000, 30, -900])).toEqual(sums.map(s => toInt16(times64(BigInt(s + 5), 1), 0n, 6000n)));
  });

  it('DEPTHWISE_CONV_2D has a multiplier and a dilation', () => {
    const network = linear(
      'DEPTHWISE_CONV_2D',
      { ...unit, dilation_w_factor: 2, depth_multiplier: 2 },
      activation16([1, 1, 3, 1], 0.5),
      int8([1, -2, 100, 3], [1, 1, 2, 2], [0.01, 0.3], { axis: 3 }),
      int64([1, -(2 ** 31)]),
      activation16([1, 1, 1, 2], 0.25),
    );
    const [a, b] = [30000, -20000];
    const real = [0.01, 0.3].map(s => (0.5 * Math.fround(s)) / 0.25);
    expect(run(network, [a, 7, b])).toEqual([
      toInt16(times64(BigInt(a * 1 + b * 100 + 1), real[0])),
      toInt16(times64(BigInt(a * -2 + b * 3 - 2 ** 31), real[1])),
    ]);
  });

  it.each([
    ['for all units, scales multiplied as float32', [0.003], [0, 0]],
    ['for each unit', [0.003, 0.0101], [0, 1]],
  ])('FULLY_CONNECTED has a scale %s', (_name, scales, of) => {
    const [input, output] = [0.0013, 0.0009].map(Math.fround);
    const network = linear(
      'FULLY_CONNECTED',
      {},
      activation16([1, 2], input),
      int8([100, -27, 3, 127], [2, 2], scales),
      int64([99, 2 ** 33]),
      activation16([1, 2], output),
    );
    const real = of.map(i => {
      const product = input * Math.fround(scales[i]);
      return (scales.length === 1 ? Math.fround(product) : product) / output;
    });
    for (const [a, b] of [
      [32767, -32768],
      [-12345, 4321],
      [1, 0],
    ]) {
      expect(run(network, [a, b])).toEqual([
        toInt16(times64(BigInt(100 * a - 27 * b + 99), real[0])),
        toInt16(times64(BigInt(3 * a + 127 * b) + 2n ** 33n, real[1])),
      ]);
    }
  });
});

describe('pools and MEAN of int16', () => {
  const pool = { padding: 1, stride_w: 1, stride_h: 1, filter_width: 2, filter_height: 1 };
  const short = activation16([1, 1, telling.length - 1, 1], 0.5);
  const pairs = telling.slice(1).map((x, i) => [telling[i], x] as const);

  it('AVERAGE_POOL_2D sends halves away from zero', () => {
    const network = chain(row(0.5), ['AVERAGE_POOL_2D', short, [], pool]);
    expect(run(network, telling)).toEqual(pairs.map(pair => average16(pair)));
  });

  it('MAX_POOL_2D, with a clamp after it', () => {
    const network = chain(row(0.5), ['MAX_POOL_2D', short, [], { ...pool, fused_activation_function: 1 }]);
    expect(layersOf(network)).toEqual(['maxPool', 'rescale']);
    expect(run(network, telling)).toEqual(pairs.map(([a, b]) => Math.max(a, b, 0)));
  });

  it.each([0.5, 0.1, 0.077])('MEAN to a scale of %s', to => {
    const network = chain(row(0.1), ['MEAN', activation16([1, 1, 1, 1], to), [int32([1, 2])]]);
    const shifted = telling.map((_, i) => telling[(i * 7) % telling.length]);
    for (const values of [telling, shifted.map(x => Math.abs(x % 32768)), telling.map(() => -32768)]) {
      expect(run(network, values)).toEqual([mean16(values, 0.1, to)]);
    }
  });
});

/** Two tensors of one input: its halves, brought to scales of their own. */
const halves = (kind: string, scales: readonly [number, number, number]): NetworkSpec => ({
  tensors: [
    activation16([1, 1, 1, 2], 1),
    int32([3], []),
    ...[1, 1, ...scales].map(scale => activation16([1, 1, 1, 1], scale)),
  ],
  operators: [
    { kind: 'SPLIT', inputs: [1, 0], outputs: [2, 3], options: { num_splits: 2 } },
    { kind: 'QUANTIZE', inputs: [2], outputs: [4] },
    { kind: 'QUANTIZE', inputs: [3], outputs: [5] },
    { kind, inputs: [4, 5], outputs: [6] },
  ],
});

describe('ADD, SUB and MUL of int16', () => {
  const requantised = (x: number, scale: number) => toInt16(times32(BigInt(x), 1 / Math.fround(scale)));

  it.each([
    [1, 1, 2],
    [0.37, 0.21, 0.9],
    [0.003, 1.7, 1.1],
  ] as const)('of two tensors with scales %s, %s and %s', (...scales) => {
    for (const x of telling.filter((_, i) => i % 2 === 0)) {
      for (const y of [-32768, -3, 1, 2, 12345, 32767]) {
        const [a, b] = [requantised(x, scales[0]), requantised(y, scales[1])];
        expect(run(halves('ADD', scales), [x, y])).toEqual([sum16(a, b, scales)]);
        expect(run(halves('SUB', scales), [x, y])).toEqual([sum16(a, b, scales, -1n)]);
        expect(run(halves('MUL', [scales[0], scales[1], 9000]), [x, y])).toEqual([
          product16(a, b, [scales[0], scales[1], 9000]),
        ]);
      }
    }
  });

  it('of one channel for all', () => {
    const network: NetworkSpec = {
      tensors: [
        activation16([1, 1, 2, 2], 1),
        activation16([1, 1, 1, 2], 0.5),
        int32([1, 2]),
        activation16([1, 1, 2, 2], 300),
      ],
      operators: [
        { kind: 'MEAN', inputs: [0, 2], outputs: [1] },
        { kind: 'MUL', inputs: [0, 1], outputs: [3] },
      ],
    };
    const values = [1000, -300, 3001, 77];
    const means = [0, 1].map(c => mean16([values[c], values[c + 2]], 1, 0.5));
    expect(run(network, values)).toEqual(values.map((x, i) => product16(x, means[i % 2], [1, 0.5, 300])));
  });

  const constants = [-32768, 777, 32767];
  const wide = activation16([1, 1, 1, 3], 0.37);
  const withConstant = (
    kind: string,
    values: readonly number[],
    output: number,
    swap: boolean,
    options = {},
  ): NetworkSpec => ({
    tensors: [wide, int16(values, [values.length], 0.21), activation16([1, 1, 1, 3], output)],
    operators: [{ kind, inputs: swap ? [1, 0] : [0, 1], outputs: [2], options }],
  });

  it.each([constants, [-12345]])('with a constant for each channel or for all: %j', (...given) => {
    const values = given.flat();
    const at = (c: number) => values[c % values.length];
    expect(layersOf(withConstant('SUB', values, 0.9, true))).toEqual(['rescale']);
    for (const x of telling) {
      const all = (network: NetworkSpec) => run(network, [x, x, x]);
      const each = (f: (c: number) => number) => [0, 1, 2].map(f);
      expect(all(withConstant('ADD', values, 0.9, false))).toEqual(each(c => sum16(x, at(c), [0.37, 0.21, 0.9])));
      expect(all(withConstant('SUB', values, 0.9, false))).toEqual(each(c => sum16(x, at(c), [0.37, 0.21, 0.9], -1n)));
      expect(all(withConstant('SUB', values, 0.9, true))).toEqual(each(c => sum16(at(c), x, [0.21, 0.37, 0.9], -1n)));
      expect(all(withConstant('MUL', values, 4000, true))).toEqual(each(c => product16(at(c), x, [0.21, 0.37, 4000])));
      expect(all(withConstant('MUL', values, 4000, false, { fused_activation_function: 1 }))).toEqual(
        each(c => Math.max(product16(at(c), x, [0.21, 0.37, 4000]), 0)),
      );
    }
  });
});

describe('functions of single int16 values', () => {
  const through = (kind: string, from: number, to: number, options = {}) => ({
    ...chain(row(from), [kind, row(to), [], options]),
  });

  // Source: reference_ops::Requantize.
  it('QUANTIZE between int8 and int16', () => {
    const network = chain(row(0.003), ['QUANTIZE', activation([1, 1, telling.length, 1], 0.11, -7), []]);
    const real = Math.fround(0.003) / Math.fround(0.11);
    expect(run(network, telling)).toEqual(telling.map(x => toInt8(times32(BigInt(x), real) - 7n)));
    const bytes = Array.from({ length: 256 }, (_, i) => i - 128);
    const wider = chain(activation([1, 1, 256, 1], 0.11, -7), ['QUANTIZE', row(0.003, bytes), []]);
    expect(run(wider, bytes)).toEqual(bytes.map(x => toInt16(times32(BigInt(x + 7), 1 / real))));
  });

  it('QUANTIZE between scales of int16', () => {
    const real = Math.fround(0.25) / Math.fround(0.7);
    expect(run(through('QUANTIZE', 0.25, 0.7), telling)).toEqual(telling.map(x => toInt16(times32(BigInt(x), real))));
    // Rounds twice: 2.5 to 3 and 1.5 to 2, where 5 / 4 is 1.25.
    expect(run(through('QUANTIZE', 0.25, 1), [...telling.keys()])[5]).toBe(2);
  });

  it('RELU changes the scale, RELU6 only clamps', () => {
    const real = Math.fround(0.25) / Math.fround(0.7);
    expect(run(through('RELU', 0.25, 0.7), telling)).toEqual(
      telling.map(x => Math.max(toInt16(times32(BigInt(x), real)), 0)),
    );
    expect(run(through('RELU6', 0.001, 0.001), telling)).toEqual(telling.map(x => Math.min(Math.max(x, 0), 6000)));
  });

  // Source: reference_ops::QuantizeLeakyRelu: scales divided as float32.
  it.each([0.3, 0, 1.7, -0.4])('LEAKY_RELU with a slope of %s', alpha => {
    const [from, to] = [0.25, 0.7].map(Math.fround);
    const slope = Math.fround(Math.fround(from * Math.fround(alpha)) / to);
    expect(run(through('LEAKY_RELU', 0.25, 0.7, { alpha }), telling)).toEqual(
      telling.map(x => toInt16(times32(BigInt(x), x >= 0 ? Math.fround(from / to) : slope))),
    );
  });

  // Source: reference_ops::BroadcastPrelu4DSlow: x * alpha in one product, alpha being int8.
  it('PRELU with slopes for each channel', () => {
    const slopes = [-128, 3, 127];
    const wide = (scale: number) => activation16([1, 1, 1, 3], scale);
    const alpha = int8(slopes, [1, 1, 3], [0.011], { zeroPoints: [5] });
    const network = chain(wide(0.25), ['PRELU', wide(0.7), [alpha]]);
    const [from, by, to] = [0.25, 0.011, 0.7].map(Math.fround);
    for (const x of telling) {
      expect(run(network, [x, x, x])).toEqual(
        slopes.map(slope =>
          toInt16(x >= 0 ? times32(BigInt(x), from / to) : times32(BigInt(x * (slope - 5)), (from * by) / to)),
        ),
      );
    }
  });
});

describe('curves of int16', () => {
  /** Every 13th value, ends and neighbours of zero. */
  const many = [...new Set([...telling, ...Array.from({ length: 5042 }, (_, i) => 13 * i - 32768)])];
  const curve = (kind: string, scale: number) => chain(row(scale, many), [kind, row(2 ** -15, many), []]);

  // A sum over the table that TensorFlow Lite and CMSIS-NN publish, and some of its values.
  it('have the published table', () => {
    const sum = sigmoidTable.reduce((hash, value) => (hash * 31n + value) & 0xffffffffn, 0n);
    expect(sum).toBe(1684986857n);
    expect([0, 4, 28, 100, 254, 255].map(i => sigmoidTable[i])).toEqual([
      32768n,
      35493n,
      49975n,
      64536n,
      65534n,
      65535n,
    ]);
  });

  it.each([2 ** -12, 2 ** -11, 1.0005 * 2 ** -12, 0.0003, 0.001, 3e-9, 2.6])('LOGISTIC of scale %s', scale => {
    const network = curve('LOGISTIC', scale);
    expect(layersOf(network)).toEqual(['curve']);
    expect(run(network, many)).toEqual(many.map(x => logistic16(x, scale)));
  });

  it.each([2 ** -12, 2 ** -11, 2 ** -10, 0.0003, 0.001, 3e-9, 2.6])('TANH of scale %s', scale => {
    expect(run(curve('TANH', scale), many)).toEqual(many.map(x => tanh16(x, scale)));
  });

  it('are near the real functions, and rise', () => {
    const sigmoid = many.toSorted((a, b) => a - b).map(x => logistic16(x, 0.0003));
    const tanh = many.toSorted((a, b) => a - b).map(x => tanh16(x, 0.0003));
    for (const [i, x] of many.toSorted((a, b) => a - b).entries()) {
      const real = x * Math.fround(0.0003);
      expect(Math.abs(sigmoid[i] / 32768 - 1 / (1 + Math.exp(-real)))).toBeLessThan(1e-4);
      expect(Math.abs(tanh[i] / 32768 - Math.tanh(real))).toBeLessThan(2e-4);
      if (i > 0) expect([sigmoid[i] >= sigmoid[i - 1], tanh[i] >= tanh[i - 1]]).toEqual([true, true]);
    }
  });
});

describe('SOFTMAX of int16', () => {
  const softmax = (count: number, scale: number) =>
    chain(activation16([1, count], scale), ['SOFTMAX', activation16([1, count], 2 ** -15), [], { beta: 1 }]);

  // Some values of the tables that TensorFlow Lite makes at run time, as CMSIS-NN has them in its tests.
  it('has the published tables', () => {
    expect(exponentials.slice(-4)).toEqual([30902n, 31512n, 32133n, 32767n]);
    expect(exponentials.slice(469, 473)).toEqual([14148n, 14427n, 14711n, 15002n]);
    expect(reciprocals.slice(0, 6)).toEqual([32767n, 32704n, 32640n, 32578n, 32514n, 32451n]);
    expect(reciprocals.slice(128, 134)).toEqual([26214n, 26174n, 26132n, 26092n, 26051n, 26011n]);
  });

  it.each([1e-5, 1e-4, 3e-4, 0.01, 1, 4.9])('of scale %s', scale => {
    for (let count = 1; count <= telling.length; count += 3) {
      for (const turn of [0, 5, 11]) {
        const values = Array.from({ length: count }, (_, i) => telling[(i * 7 + turn) % telling.length]);
        expect(run(softmax(count, scale), values)).toEqual(softmax16(values, scale));
      }
    }
  });

  it('of equal values, which make the largest sums', () => {
    for (const count of [1, 2, 3, 4, 1000, 4095]) {
      const values = new Array<number>(count).fill(-5);
      expect(run(softmax(count, 1e-3), values)).toEqual(softmax16(values, 1e-3));
    }
  });
});

describe('operators that only move int16 values', () => {
  const t = (dims: readonly number[]) => activation16(dims, 0.5);
  const values = [-32768, -300, 1000, 32767, 129, -129, 5, 20000];

  it('SPLIT, CONCATENATION, SLICE, STRIDED_SLICE', () => {
    const network: NetworkSpec = {
      tensors: [
        t([1, 1, 2, 4]),
        int32([3], []),
        t([1, 1, 2, 2]),
        t([1, 1, 2, 2]),
        t([1, 1, 2, 6]),
        int32([0, 0, 0, 1]),
        int32([1, 1, 2, 4]),
        t([1, 1, 2, 4]),
        int32([0, 0, 0, -3]),
        int32([0, 0, 0, -1]),
        int32([1, 1, 1, 1]),
        t([1, 1, 2, 2]),
      ],
      operators: [
        { kind: 'SPLIT', inputs: [1, 0], outputs: [2, 3], options: { num_splits: 2 } },
        { kind: 'CONCATENATION', inputs: [3, 2, 3], outputs: [4], options: { axis: -1 } },
        { kind: 'SLICE', inputs: [4, 5, 6], outputs: [7] },
        { kind: 'STRIDED_SLICE', inputs: [7, 8, 9, 10], outputs: [11], options: { begin_mask: 7, end_mask: 7 } },
      ],
    };
    const joined = [0, 4].flatMap(i => [2, 3, 0, 1, 2, 3].map(c => values[i + c]));
    expect(run({ ...network, outputs: [4] }, values)).toEqual(joined);
    expect(run(network, values)).toEqual([0, 6].flatMap(i => [joined[i + 2], joined[i + 3]]));
  });

  it('PAD and PADV2', () => {
    const around = int32([0, 0, 1, 0, 0, 1, 0, 0], [4, 2]);
    const pad = chain(t([1, 1, 2, 4]), ['PAD', t([1, 2, 3, 4]), [around]]);
    const filled = (x: number) => [...new Array<number>(12).fill(x), ...values, ...new Array<number>(4).fill(x)];
    expect(run(pad, values)).toEqual(filled(0));
    const padv2 = chain(t([1, 1, 2, 4]), ['PADV2', t([1, 2, 3, 4]), [around, int16([-30001], [1], 0.5)]]);
    expect(run(padv2, values)).toEqual(filled(-30001));
  });

  it('RESHAPE and TRANSPOSE', () => {
    const network = chain(
      t([1, 1, 2, 4]),
      ['RESHAPE', t([1, 1, 2, 2, 2]), [int32([1, 1, 2, 2, 2])]],
      ['TRANSPOSE', t([1, 1, 2, 2, 2]), [int32([0, 1, 2, 4, 3])]],
      ['RESHAPE', t([1, 8]), [int32([1, 8])]],
    );
    expect(layersOf(network)).toEqual(['channelShuffle']);
    expect(run(network, values)).toEqual([0, 2, 1, 3, 4, 6, 5, 7].map(i => values[i]));
  });
});

describe('the edges of an int16 network', () => {
  it('QUANTIZE before and DEQUANTIZE after are left out', () => {
    const float = (dims: readonly number[]): TensorSpec => ({ dims, type: 'FLOAT32' });
    const network: NetworkSpec = {
      tensors: [float([1, 1, 2, 1]), ...[0, 1].map(() => activation16([1, 1, 2, 1], 0.001)), float([1, 1, 2, 1])],
      operators: [
        { kind: 'QUANTIZE', inputs: [0], outputs: [1] },
        { kind: 'RELU6', inputs: [1], outputs: [2] },
        { kind: 'DEQUANTIZE', inputs: [2], outputs: [3] },
      ],
    };
    const [source] = loweredNetwork(network).nodes;
    expect(source.type.quantisation).toEqual({ scale: Math.fround(0.001), zeroPoint: 0, bits: 16 });
    // Pixels 0 to 255 are the upper half.
    expect(source.attributes.pixels).toEqual([0, Math.fround(0.001) * 32767]);
    expect(run(network, [-5, 7000])).toEqual([0, 6000]);
  });
});
