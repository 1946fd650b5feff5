import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { importTfliteBytes } from '../../src/frontend/tflite/import-tflite.js';
import { chain } from './networks.js';
import { importNetwork, layersOf, loweredNetwork, run } from './run.js';
import { activation, int8, int32, type NetworkSpec, type TensorSpec, writeTflite } from './write-tflite.js';

// Forms that converters write and that no network of MLPerf Tiny has. All scales are 1, so that results can be seen.
const t = (...dims: number[]): TensorSpec => activation(dims, 1);
const axis = (...axes: number[]): TensorSpec => int32(axes);
const scalar = (value: number): TensorSpec => int32([value], []);
const linear = {
  padding: 1,
  stride_w: 1,
  stride_h: 1,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
};

const refusal = (network: NetworkSpec) => () => importTfliteBytes(writeTflite(network), 'net.tflite', new Session());

describe('sequences of Conv1D', () => {
  it('PAD before EXPAND_DIMS goes into the convolution', () => {
    const network = chain(
      activation([1, 4, 1], 1, 5),
      ['PAD', activation([1, 6, 1], 1, 5), [int32([0, 0, 2, 0, 0, 0], [3, 2])]],
      ['EXPAND_DIMS', activation([1, 1, 6, 1], 1, 5), [scalar(1)]],
      ['CONV_2D', t(1, 1, 4, 1), [int8([1, 2, 3], [1, 1, 3, 1], [1])], linear],
      ['SQUEEZE', t(1, 4, 1), []],
      ['MEAN', t(1, 1), [axis(1)]],
    );
    expect(layersOf(network)).toEqual(['conv', 'mean']);
    // x - 5 is 1, 2, 3, 4; padding is zero; 3, 8, 14, 20 have the mean 11.25, which TFLite rounds twice: 22.5, 11.5.
    expect(run(network, [6, 7, 8, 9])).toEqual([12]);
  });

  it('PAD of three dimensions is a layer where no convolution reads it', () => {
    const network = chain(
      t(1, 2, 2),
      ['PAD', t(1, 4, 2), [int32([0, 0, 1, 1, 0, 0], [3, 2])]],
      ['RELU', t(1, 4, 2), []],
    );
    expect(layersOf(network)).toEqual(['pad', 'lookup']);
    expect(run(network, [1, 2, 3, 4])).toEqual([0, 0, 1, 2, 3, 4, 0, 0]);
  });

  it('PAD is a layer where a RESHAPE makes other rows of it', () => {
    const network = chain(
      t(1, 2, 2, 1),
      ['PAD', t(1, 2, 4, 1), [int32([0, 0, 0, 0, 1, 1, 0, 0], [4, 2])]],
      ['RESHAPE', t(1, 8), [axis(1, 8)]],
      ['RELU', t(1, 8), []],
    );
    expect(run(network, [1, 2, 3, 4])).toEqual([0, 1, 2, 0, 0, 3, 4, 0]);
  });

  it('FULLY_CONNECTED between RESHAPEs that make a matrix', () => {
    const network = chain(
      t(1, 3, 2),
      ['RESHAPE', t(3, 2), [axis(-1, 2)]],
      ['FULLY_CONNECTED', t(3, 1), [int8([1, 10], [1, 2], [1])], {}],
      ['RESHAPE', t(1, 3, 1), [axis(1, 3, 1)]],
    );
    expect(layersOf(network)).toEqual(['conv']);
    expect(run(network, [1, 2, 3, 4, 5, 6])).toEqual([21, 43, 65]);
  });

  it('a batch of several is no matrix', () => {
    expect(refusal(chain(t(3, 2), ['RELU', t(3, 2), []]))).toThrow(/shape \[3, 2\]/);
  });
});

describe('MEAN and REDUCE_MAX', () => {
  it.each([
    [[1, 4, 2], [1], [1, 2]],
    [[1, 4, 2], [-2], [1, 1, 2]],
    [[1, 1, 4, 2], [2], [1, 1, 2]],
    [[1, 4, 1, 2], [1], [1, 1, 1, 2]],
    [
      [1, 2, 2, 2],
      [2, 1],
      [1, 2],
    ],
  ])('of %j over %j', (dims, axes, result) => {
    const made = (kind: string) => chain(t(...dims), [kind, t(...result), [axis(...axes)]]);
    expect(run(made('MEAN'), [1, 20, 2, 40, 3, 60, 6, 80])).toEqual([3, 50]);
    expect(run(made('REDUCE_MAX'), [1, 20, 7, 40, 3, -60, 6, 39])).toEqual([7, 40]);
  });

  it.each([
    [[2], [1, 2, 2]],
    [
      [1, 3],
      [1, 2],
    ],
    [[3], [1, 2, 2, 1]],
    [[4], [1, 2]],
  ])('refuse the axes %j', (axes, result) => {
    expect(refusal(chain(t(1, 2, 2, 2), ['MEAN', t(...result), [axis(...axes)]]))).toThrow(/over axes/);
  });
});

describe('bounds', () => {
  it('RELU_0_TO_1', () => {
    const x = activation([1, 5], 0.125, -3);
    expect(run(chain(x, ['RELU_0_TO_1', x, []]), [-128, -3, 0, 5, 127])).toEqual([-3, -3, 0, 5, 5]);
  });

  it('MINIMUM and MAXIMUM with constants', () => {
    const x = activation([1, 1, 2, 2], 0.5, 1);
    const c = (...values: number[]) => int8(values, [values.length], [0.5], { zeroPoints: [1] });
    const network = chain(x, ['MAXIMUM', x, [c(-4)]], ['MINIMUM', x, [c(7, 90)]]);
    expect(layersOf(network)).toEqual(['lookup', 'lookup']);
    expect(run(network, [-128, -128, 127, 127])).toEqual([-4, -4, 7, 90]);
    const other = int8([3], [1], [0.25]);
    expect(refusal(chain(x, ['MINIMUM', x, [other]]))).toThrow(/different scales/);
    const two: NetworkSpec = { tensors: [x, x], operators: [{ kind: 'MINIMUM', inputs: [0, 0], outputs: [1] }] };
    expect(refusal(two)).toThrow(/no constant/);
  });
});

describe('parts of channels', () => {
  it.each([
    [
      [1, 3, 2],
      [1, 3, 2],
    ],
    [
      [1, -1, 2],
      [1, 3, 2],
    ],
  ])('SPLIT_V into %j', (sizes, parts) => {
    const outputs = parts.map((_, i) => 3 + i);
    const network: NetworkSpec = {
      tensors: [t(1, 6), axis(...sizes), scalar(1), ...parts.map(size => t(1, size)), t(1, 6)],
      operators: [
        { kind: 'SPLIT_V', inputs: [0, 1, 2], outputs, options: {} },
        { kind: 'CONCATENATION', inputs: [5, 3, 4], outputs: [6], options: { axis: 1 } },
      ],
    };
    expect(run(network, [1, 2, 3, 4, 5, 6])).toEqual([5, 6, 1, 2, 3, 4]);
  });

  it.each([[[1, 2]], [[-1, -1]], [[7, -1]], [[2, 2, 2]]])('SPLIT_V refuses %j of 6', sizes => {
    const network: NetworkSpec = {
      tensors: [t(1, 6), axis(...sizes), scalar(1), t(1, 3), t(1, 3)],
      operators: [{ kind: 'SPLIT_V', inputs: [0, 1, 2], outputs: [3, 4] }],
      outputs: [4],
    };
    expect(refusal(network)).toThrow(/splits 6 channels into/);
  });

  it('STRIDED_SLICE leaves axes of one element out', () => {
    const numbers = [axis(0, 0, -1, 1), axis(0, 0, 0, 3), axis(1, 1, 1, 1)];
    const options = { begin_mask: 1, end_mask: 1, shrink_axis_mask: 6 };
    const network = chain(t(1, 1, 1, 4), ['STRIDED_SLICE', t(1, 2), numbers, options]);
    expect(layersOf(network)).toEqual(['slice']);
    expect(run(network, [1, 2, 3, 4])).toEqual([2, 3]);
    const rows = chain(t(1, 3, 1, 4), ['STRIDED_SLICE', t(1, 2), numbers, options]);
    expect(refusal(rows)).toThrow(/takes a part of axes/);
  });

  it('STRIDED_SLICE of one channel makes rows of what is left', () => {
    const numbers = [axis(0, 0, 0, -1), axis(0, 0, 0, 0), axis(1, 1, 1, 1)];
    const options = { begin_mask: 7, end_mask: 7, shrink_axis_mask: 8 };
    const network = chain(
      t(1, 2, 3, 2),
      ['STRIDED_SLICE', t(1, 2, 3), numbers, options],
      ['FULLY_CONNECTED', t(1, 2, 1), [int8([1, 10, -1], [1, 3], [1])], {}],
    );
    expect(run(network, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6])).toEqual([18, 48]);
  });
});

describe('ARG_MAX', () => {
  it.each(['INT32', 'INT64'])('is the last layer, as %s', type => {
    const network = chain(
      t(1, 4),
      ['FULLY_CONNECTED', t(1, 3), [int8([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], [3, 4], [1])], {}],
      ['ARG_MAX', { dims: [1], type }, [scalar(-1)]],
    );
    expect(layersOf(network)).toEqual(['dense', 'argmax']);
    expect(run(network, [1, 7, 7, 0])).toEqual([1]);
    expect(loweredNetwork(network).nodes.at(-1)?.type.dtype).toBe('i32');
    expect(importNetwork(network).activations.has('argmax1')).toBe(false);
  });

  it('is refused over positions, and inside', () => {
    expect(refusal(chain(t(1, 2, 2, 3), ['ARG_MAX', { dims: [1, 2, 2], type: 'INT32' }, [scalar(3)]]))).toThrow(
      /goes over axis 3/,
    );
    const inside = chain(
      t(1, 4),
      ['ARG_MAX', { dims: [1], type: 'INT32' }, [scalar(1)]],
      ['RESHAPE', { dims: [1, 1], type: 'INT32' }, [axis(1, 1)]],
    );
    expect(refusal(inside)).toThrow(/in the middle/);
  });
});

describe('an input in NCHW', () => {
  const weights = int8([1, 10, 100], [1, 1, 1, 3], [1]);
  const after = [
    ['TRANSPOSE', t(1, 2, 1, 3), [axis(0, 2, 3, 1)]],
    ['CONV_2D', t(1, 2, 1, 1), [weights], linear],
  ] as const;

  it('is taken in NHWC where a TRANSPOSE alone reads it', () => {
    const network = chain(t(1, 3, 2, 1), ...after);
    expect(layersOf(network)).toEqual(['conv']);
    expect(run(network, [1, 0, 1, 3, 2, 0])).toEqual([101, 23]);
    const quantised = chain({ dims: [1, 3, 2, 1], type: 'FLOAT32' }, ['QUANTIZE', t(1, 3, 2, 1), []], ...after);
    expect(layersOf(quantised)).toEqual(['conv']);
    expect(run(quantised, [1, 0, 1, 3, 2, 0])).toEqual([101, 23]);
  });

  it('is refused where somebody else reads it, too, or it was reshaped', () => {
    const both = chain(t(1, 3, 2, 1), ...after);
    const relu = { ...both, tensors: [...both.tensors, t(1, 3, 2, 1)] };
    const network = { ...relu, operators: [...relu.operators, { kind: 'RELU', inputs: [0], outputs: [5] }] };
    expect(refusal(network)).toThrow(/no shuffle of channels/);
    const reshaped = chain(
      t(1, 12),
      ['RESHAPE', t(1, 3, 2, 2), [axis(1, 3, 2, 2)]],
      ['TRANSPOSE', t(1, 2, 2, 3), [axis(0, 2, 3, 1)]],
      ['RELU', t(1, 2, 2, 3), []],
    );
    expect(refusal(reshaped)).toThrow(/no shuffle of channels/);
  });
});
