import { describe, expect, it } from 'vitest';
import { scaleOfFloatProduct } from '../../src/frontend/tflite/ops/fully-connected.js';
import { tfliteMultiplier } from '../../src/numeric/requantise.js';
import { layersOf, loweredNetwork, run } from './run.js';
import { activation, int8, int32, type NetworkSpec } from './write-tflite.js';

// Scales 1/2 * 1/2 / (1/4) make a factor of one: the result is the accumulator plus the zero point of the output.
const x = (dims: readonly number[], zeroPoint = 0) => activation(dims, 0.5, zeroPoint);
const y = (dims: readonly number[], zeroPoint = 0) => activation(dims, 0.25, zeroPoint);

function linear(kind: string, options: Record<string, number>, tensors: NetworkSpec['tensors']): NetworkSpec {
  const inputs = tensors.length === 4 ? [0, 1, 2] : [0, 1, -1];
  return { tensors, operators: [{ kind, options, inputs, outputs: [tensors.length - 1] }] };
}

const unit = { padding: 1, stride_w: 1, stride_h: 1, dilation_w_factor: 1, dilation_h_factor: 1 };

// Source of the expected values: reference_integer_ops::ConvPerChannel by hand.
describe('CONV_2D', () => {
  const image = [1, 2, 3, 4, 5, 6, 7, 8, 9];

  it('sums products, adds the bias and the zero point', () => {
    const network = linear('CONV_2D', unit, [
      x([1, 3, 3, 1], 1),
      int8([1, 0, 0, -1], [1, 2, 2, 1], [0.5]),
      int32([10]),
      y([1, 2, 2, 1], -3),
    ]);
    // (a - 1) - (d - 1) + 10 - 3, the window being a b / c d: d is 4 more than a.
    expect(run(network, image)).toEqual([3, 3, 3, 3]);
  });

  it('pads with zero points, the larger part at the end, and strides', () => {
    const network = linear('CONV_2D', { ...unit, padding: 0, stride_w: 2, stride_h: 2 }, [
      x([1, 4, 4, 1], 5),
      int8([1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 3, 3, 1], [0.5]),
      y([1, 2, 2, 1]),
    ]);
    // All taps inside are one above the zero point: 9, 6, 6 and 4 of them, padding on the right and at the bottom.
    expect(run(network, new Array(16).fill(6))).toEqual([9, 6, 6, 4]);
  });

  it('takes groups from the shape of the weights', () => {
    const network = linear('CONV_2D', unit, [
      x([1, 1, 1, 4]),
      int8([1, 2, 3, 4], [2, 1, 1, 2], [0.5, 0.5]),
      y([1, 1, 1, 2]),
    ]);
    expect(run(network, [1, 10, 2, 20])).toEqual([21, 86]);
  });

  it('spreads the taps of a dilated kernel', () => {
    const network = linear('CONV_2D', { ...unit, dilation_w_factor: 2, dilation_h_factor: 2 }, [
      x([1, 3, 3, 1]),
      int8([1, 2, 3, 4], [1, 2, 2, 1], [0.5]),
      y([1, 1, 1, 1]),
    ]);
    expect(run(network, image)).toEqual([1 * 1 + 2 * 3 + 3 * 7 + 4 * 9]);
  });

  it('has a scale for each channel, and rounds twice', () => {
    // 5 * 1/4: the doubling high product rounds 2.5 to 3, and the shift 1.5 to 2, where 1.25 is exact.
    const network = linear('CONV_2D', unit, [
      x([1, 1, 1, 1]),
      int8([5, 5], [2, 1, 1, 1], [0.125, 0.5]),
      y([1, 1, 1, 2]),
    ]);
    expect(run(network, [1])).toEqual([2, 5]);
  });

  // The converter writes a scale of zero for channels that are always zero. Source: QuantizeMultiplier of zero.
  it('gives the zero point for a channel of scale zero', () => {
    const network = linear('CONV_2D', unit, [
      x([1, 1, 1, 1]),
      int8([5, 5], [2, 1, 1, 1], [0, 0.5]),
      int32([1000, 1]),
      y([1, 1, 1, 2], -7),
    ]);
    expect(run(network, [3])).toEqual([-7, 9]);
  });

  it.each([
    ['RELU', 1, [-10, -10, -5, 2, 30]],
    ['RELU_N1_TO_1', 2, [-14, -14, -6, -6, -6]],
    ['RELU6', 3, [-10, -10, -5, 2, 14]],
  ])('clamps as %s says', (_name, fused, expected) => {
    const network = linear('CONV_2D', { ...unit, fused_activation_function: fused }, [
      x([1, 1, 5, 1]),
      int8([1], [1, 1, 1, 1], [0.5]),
      y([1, 1, 5, 1], -10),
    ]);
    expect(run(network, [-40, -20, 5, 12, 40])).toEqual(expected);
  });
});

describe('DEPTHWISE_CONV_2D', () => {
  it('has output channels c * multiplier + m', () => {
    const network = linear('DEPTHWISE_CONV_2D', { ...unit, depth_multiplier: 2 }, [
      x([1, 1, 2, 2]),
      // [1, rows, columns, channels]: first column 1 2 3 4, second 10 20 30 40.
      int8([1, 2, 3, 4, 10, 20, 30, 40], [1, 1, 2, 4], [0.5, 0.5, 0.5, 0.5], { axis: 3 }),
      int32([0, 1, 0, 0]),
      y([1, 1, 1, 4]),
    ]);
    expect(run(network, [1, 2, 1, -1])).toEqual([11, 23, 6 - 30, 8 - 40]);
  });

  it('spreads the taps of a dilated kernel', () => {
    const network = linear('DEPTHWISE_CONV_2D', { ...unit, dilation_w_factor: 3, depth_multiplier: 1 }, [
      x([1, 1, 4, 1]),
      int8([2, 5], [1, 1, 2, 1], [0.5]),
      y([1, 1, 1, 1]),
    ]);
    expect(run(network, [1, 50, 60, 3])).toEqual([17]);
  });
});

describe('FULLY_CONNECTED', () => {
  it('goes over the whole input, in the order in memory', () => {
    const network = linear('FULLY_CONNECTED', {}, [
      x([1, 2, 1, 2]),
      int8([1, 2, 3, 4, 0, 0, 0, 1], [2, 4], [0.5]),
      int32([1, 2]),
      y([1, 2]),
    ]);
    expect(layersOf(network)).toEqual(['dense']);
    expect(run(network, [1, 2, 3, 4])).toEqual([31, 6]);
  });

  it('is a 1x1 convolution where it goes over the channels alone', () => {
    const network = linear('FULLY_CONNECTED', {}, [
      x([1, 2, 1, 2]),
      int8([1, 2, 0, 1, 1, 1], [3, 2], [0.5, 0.5, 0.5]),
      y([1, 2, 1, 3]),
    ]);
    expect(layersOf(network)).toEqual(['conv']);
    expect(run(network, [1, 2, 3, 4])).toEqual([5, 2, 3, 11, 4, 7]);
  });

  it('multiplies scales as float32 where one stands for all weights, and as double where each unit has one', () => {
    const [input, weight] = [Math.fround(0.1), Math.fround(0.3)];
    expect(Math.fround(input * weight)).not.toBe(input * weight);
    const scaleOf = (scales: readonly number[]) => {
      const weights = int8([1, 1], [2, 1], scales);
      const tensors = [activation([1, 1], input), weights, activation([1, 2], 1)];
      const [, fc] = loweredNetwork(linear('FULLY_CONNECTED', {}, tensors)).nodes;
      return fc.constants.multiplier.data[0];
    };
    const multiplier = (factor: number) => Math.round(factor * 2 ** 36);
    expect(multiplier(Math.fround(input * weight))).not.toBe(multiplier(input * weight));
    expect(scaleOf([weight])).toBe(multiplier(Math.fround(input * weight)));
    expect(scaleOf([weight, weight])).toBe(multiplier(input * weight));
  });

  it('finds the weight scale that leads to the multiplier of the float product', () => {
    for (let i = 1; i < 2000; i++) {
      const [input, weight, output] = [0.37 / i, 0.0113 * i, 0.0007 * i].map(Math.fround);
      const scale = scaleOfFloatProduct(input, weight, output);
      expect(tfliteMultiplier((input * scale) / output)).toEqual(
        tfliteMultiplier(Math.fround(input * weight) / output),
      );
    }
  });
});
