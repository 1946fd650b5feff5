import { describe, expect, it } from 'vitest';
import { chain } from './networks.js';
import { importNetwork, layersOf, run } from './run.js';
import { activation, int8, int32, type NetworkSpec } from './write-tflite.js';

const t = (dims: readonly number[], zeroPoint = 0) => activation(dims, 0.5, zeroPoint);

/** The numbers from 1 on. */
const count = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

const pool = { padding: 1, stride_w: 1, stride_h: 1, filter_width: 2, filter_height: 2 };
const unit = { padding: 1, stride_w: 1, stride_h: 1, dilation_w_factor: 1, dilation_h_factor: 1 };
const ones = int8([1, 1, 1, 1], [1, 2, 2, 1], [1]);

describe('pools', () => {
  // Source: reference_integer_ops::AveragePool, which adds or subtracts half the count before it divides.
  it('AVERAGE_POOL_2D sends halves away from zero', () => {
    const network = chain(t([1, 1, 4, 1]), ['AVERAGE_POOL_2D', t([1, 1, 3, 1]), [], { ...pool, filter_height: 1 }]);
    expect(run(network, [-1, -2, 1, 2])).toEqual([-2, -1, 2]);
  });

  it('AVERAGE_POOL_2D does not count padding', () => {
    const network = chain(t([1, 2, 2, 1], 9), ['AVERAGE_POOL_2D', t([1, 2, 2, 1], 9), [], { ...pool, padding: 0 }]);
    expect(run(network, [4, 8, 12, 16])).toEqual([10, 12, 14, 16]);
  });

  it('MAX_POOL_2D, with a fused activation as a table after it', () => {
    const network = chain(t([1, 2, 3, 1], -1), [
      'MAX_POOL_2D',
      t([1, 1, 2, 1], -1),
      [],
      { ...pool, fused_activation_function: 1 },
    ]);
    expect(layersOf(network)).toEqual(['maxPool', 'lookup']);
    expect(run(network, [-9, -8, 1, -7, -6, 2])).toEqual([-1, 2]);
  });

  // Source: reference_ops::QuantizedMeanOrSum. 3 values: multiplier floor(2^31 / 3), shift 0.
  it('MEAN over height and width changes the scale by a multiplier', () => {
    const network = chain(t([1, 1, 3, 2], 10), ['MEAN', activation([1, 2], 0.5, -3), [int32([1, 2])]]);
    // Differences from the zero point: 1 + 1 + 3 = 5 -> 1.67, and -2 - 2 - 1 = -5 -> -1.67.
    expect(run(network, [11, 8, 11, 8, 13, 9])).toEqual([2 - 3, -2 - 3]);
  });

  it('MEAN takes axes from the end, and another scale', () => {
    const network = chain(t([1, 2, 2, 1]), ['MEAN', activation([1, 1, 1, 1], 0.25), [int32([-2, -3])]]);
    expect(run(network, [1, 2, 3, 5])).toEqual([6]); // 11 / 4 * 2 = 5.5, halves up
  });
});

describe('RESIZE_NEAREST_NEIGHBOR', () => {
  const resized = (rows: number, columns: number, options = {}) =>
    chain(t([1, 2, 3, 1]), ['RESIZE_NEAREST_NEIGHBOR', t([1, rows, columns, 1]), [int32([rows, columns])], options]);

  it.each([{}, { half_pixel_centers: 1 }])('repeats values by whole factors, with %o', options => {
    const network = resized(4, 9, options);
    expect(layersOf(network)).toEqual(['resize']);
    expect(run(network, count(6))).toEqual([1, 1, 4, 4].flatMap(row => [0, 1, 2].flatMap(x => Array(3).fill(row + x))));
  });

  it('takes factors up to 1024', () => {
    expect(run(resized(2 * 1024, 3), count(6)).slice(-3)).toEqual([4, 5, 6]);
  });

  it.each([
    [3, 6, {}, /makes 3x6 of 2x3/],
    [4, 9, { align_corners: 1 }, /with aligned corners/],
    [1, 3, {}, /makes 1x3/],
    [2 * 1025, 3, {}, /makes 2050x3/],
    [2 ** 31 - 2, 3, {}, /makes 2147483646x3/],
  ] as const)('refuses %sx%s with %o', (rows, columns, options, message) => {
    expect(() => importNetwork(resized(rows, columns, options))).toThrow(message);
  });
});

it('a network whose output is its input is refused', () => {
  const identity: NetworkSpec = { tensors: [t([1, 2, 2, 1])], operators: [], inputs: [0], outputs: [0] };
  expect(() => importNetwork(identity)).toThrow(/does nothing to its input/);
});

describe('operators that only move', () => {
  it('RESHAPE, SQUEEZE and EXPAND_DIMS are nothing', () => {
    const network = chain(
      t([1, 12]),
      ['RESHAPE', t([1, 2, 3, 2]), [int32([1, 2, 3, 2])]],
      ['EXPAND_DIMS', t([1, 1, 2, 3, 2]), [int32([1])]],
      ['SQUEEZE', t([1, 2, 3, 2]), []],
      ['MAX_POOL_2D', t([1, 1, 2, 2]), [], pool],
      ['RESHAPE', t([4]), [int32([4])]],
    );
    expect(layersOf(network)).toEqual(['maxPool']);
    expect(run(network, count(12))).toEqual([9, 10, 11, 12]);
  });

  it('integers that are computed from shapes are nothing, as converters leave them for an open batch', () => {
    const network: NetworkSpec = {
      tensors: [
        t([1, 2, 2, 2]),
        int32([], [4]), // 1: the shape
        int32([0], [1]),
        int32([1], [1]),
        int32([], []), // 4: the batch
        int32([1], []),
        int32([8], []),
        int32([], [4]), // 7: [batch, 1, 1, 8]
        { ...t([1, 1, 1, 8]), signature: [-1, 1, 1, 8] },
        t([1, 1, 1, 8]),
      ].map(tensor => (tensor.data?.length === 0 ? { ...tensor, data: undefined } : tensor)),
      operators: [
        { kind: 'SHAPE', inputs: [0], outputs: [1] },
        { kind: 'STRIDED_SLICE', inputs: [1, 2, 3, 3], outputs: [4], options: { shrink_axis_mask: 1 } },
        { kind: 'PACK', inputs: [4, 5, 5, 6], outputs: [7] },
        { kind: 'RESHAPE', inputs: [0, 7], outputs: [8] },
        { kind: 'RELU', inputs: [8], outputs: [9] },
      ],
    };
    expect(layersOf(network)).toEqual(['lookup']);
    expect(run(network, [-3, -2, -1, 0, 1, 2, 3, 4])).toEqual([0, 0, 0, 0, 1, 2, 3, 4]);
    // Where they stand for values of the network, they are refused.
    const wrong = {
      ...network,
      operators: [...network.operators.slice(0, 3), { ...network.operators[4], inputs: [7] }],
    };
    expect(() => importNetwork(wrong)).toThrow(/reads the integers 't7', where a tensor of the network is expected/);
  });

  it('a RESHAPE in the middle joins rows', () => {
    const network = chain(
      t([1, 4, 2, 1]),
      ['MAX_POOL_2D', t([1, 4, 2, 1]), [], { ...pool, filter_width: 1, filter_height: 1 }],
      ['RESHAPE', t([1, 2, 2, 2]), [int32([1, 2, 2, 2])]],
      ['MAX_POOL_2D', t([1, 1, 1, 2]), [], pool],
    );
    expect(layersOf(network)).toEqual(['maxPool', 'reshape', 'maxPool']);
    expect(run(network, count(8))).toEqual([7, 8]);
  });

  it('RESHAPE, TRANSPOSE, RESHAPE of groups is a shuffle of channels', () => {
    const network = chain(
      t([1, 1, 2, 6]),
      ['RESHAPE', t([1, 1, 2, 2, 3]), [int32([1, 1, 2, 2, 3])]],
      ['TRANSPOSE', t([1, 1, 2, 3, 2]), [int32([0, 1, 2, 4, 3])]],
      ['RESHAPE', t([1, 1, 2, 6]), [int32([1, 1, 2, 6])]],
    );
    expect(layersOf(network)).toEqual(['channelShuffle']);
    expect(run(network, count(12))).toEqual([1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]);
  });

  it('TRANSPOSE of axes of one element is nothing', () => {
    const network = chain(
      t([1, 1, 4, 1]),
      ['TRANSPOSE', t([1, 4, 1, 1]), [int32([0, 2, 1, 3])]],
      ['MAX_POOL_2D', t([1, 3, 1, 1]), [], { ...pool, filter_width: 1 }],
    );
    expect(run(network, [4, 1, 2, 3])).toEqual([4, 2, 3]);
  });

  it('SPLIT is a slice for each part, and CONCATENATION joins channels', () => {
    const network: NetworkSpec = {
      tensors: [t([1, 1, 2, 4]), int32([3], []), t([1, 1, 2, 2]), t([1, 1, 2, 2]), t([1, 1, 2, 6])],
      operators: [
        { kind: 'SPLIT', inputs: [1, 0], outputs: [2, 3], options: { num_splits: 2 } },
        { kind: 'CONCATENATION', inputs: [3, 2, 3], outputs: [4], options: { axis: -1 } },
      ],
    };
    expect(layersOf(network)).toEqual(['slice', 'slice', 'concat']);
    expect(run(network, count(8))).toEqual([3, 4, 1, 2, 3, 4, 7, 8, 5, 6, 7, 8]);
  });

  it('SLICE and STRIDED_SLICE take channels', () => {
    const network = chain(
      t([1, 2, 1, 5]),
      ['SLICE', t([1, 2, 1, 4]), [int32([0, 0, 0, 1]), int32([1, -1, 1, 4])]],
      [
        'STRIDED_SLICE',
        t([1, 2, 1, 2]),
        [int32([0, 0, 0, -3]), int32([0, 0, 0, -1]), int32([1, 1, 1, 1])],
        { begin_mask: 7, end_mask: 7 },
      ],
    );
    expect(layersOf(network)).toEqual(['slice', 'slice']);
    expect(run(network, count(10))).toEqual([3, 4, 8, 9]);
  });
});

describe('PAD', () => {
  const around = int32([0, 0, 1, 0, 0, 1, 0, 0], [4, 2]);

  it('goes into the convolution after it', () => {
    const network = chain(
      t([1, 2, 2, 1], 3),
      ['PAD', t([1, 3, 3, 1], 3), [around]],
      ['CONV_2D', activation([1, 2, 2, 1], 0.5), [ones], unit],
    );
    expect(layersOf(network)).toEqual(['conv']);
    // Differences from the zero point 1 2 / 3 4, a row of zeros above, a column at the right.
    expect(run(network, [4, 5, 6, 7])).toEqual([3, 2, 10, 6]);
  });

  it('is a layer before a pool, whose padding counts as nothing', () => {
    const network = chain(
      t([1, 2, 2, 1], 3),
      ['PAD', t([1, 3, 3, 1], 3), [around]],
      ['MAX_POOL_2D', t([1, 2, 2, 1], 3), [], pool],
    );
    expect(layersOf(network)).toEqual(['pad', 'maxPool']);
    expect(run(network, [1, 2, -3, -4])).toEqual([3, 3, 2, 3]);
  });

  it('is a layer where it is larger than the kernel', () => {
    const network = chain(
      t([1, 1, 1, 1], 3),
      ['PAD', t([1, 4, 2, 1], 3), [int32([0, 0, 1, 2, 0, 1, 0, 0], [4, 2])]],
      ['CONV_2D', activation([1, 3, 1, 1], 0.5), [ones], unit],
    );
    expect(layersOf(network)).toEqual(['pad', 'conv']);
    expect(run(network, [10])).toEqual([7, 7, 0]);
  });

  it('PADV2 pads with any value', () => {
    const network = chain(t([1, 1, 2, 1], 3), [
      'PADV2',
      t([1, 2, 3, 1], 3),
      [around, int8([-5], [1], [0.5], { zeroPoints: [3] })],
    ]);
    expect(run(network, [1, 2])).toEqual([-5, -5, -5, 1, 2, -5]);
  });
});
