import { centred, gather, positionsOf } from '../../interpreter/products.js';
import type { TensorData } from '../../ir/tensor.js';
import type { Patches } from '../../ops/op.js';

/**
 * Second moments of what a linear layer reads, per group, and how they go with what it should compute: all that its squared
 * error depends on.
 */
export interface Moments {
  /** Patches that were seen. */
  readonly count: number;
  /** Per group the mean patch: [groups, length]. */
  readonly mean: Float64Array;
  /** Per output channel the mean target. */
  readonly meanTarget: Float64Array;
  /** Per group: mean of x x^T without the product of means, [groups, length, length]. */
  readonly covariance: Float64Array;
  /** Per output channel: mean of x * target without the product of means, [channels, length]. */
  readonly cross: Float64Array;
}

/** Patches that are added up at a time: what is loaded of a sum serves all of them. */
const block = 4;

export async function momentsOf(
  patches: Patches,
  inputs: readonly TensorData[],
  zeroPoint: number,
  targets: readonly Float32Array[],
  yieldNow: () => Promise<void>,
): Promise<Moments> {
  const { groups, outputs, length } = patches;
  const channels = groups * outputs;
  const positions = positionsOf(patches);
  const count = positions * inputs.length;
  const mean = new Float64Array(groups * length);
  const meanTarget = new Float64Array(channels);
  const covariance = new Float64Array(groups * length * length);
  const cross = new Float64Array(channels * length);
  const values = new Float64Array(inputs[0].length);
  const rows = new Float64Array(block * length);
  const wanted = new Float64Array(block * channels);
  for (const [image, input] of inputs.entries()) {
    centred(input, zeroPoint, values);
    const target = targets[image];
    for (let position = 0; position < positions; position += block) {
      const some = Math.min(block, positions - position);
      // After the last position there are zeros, which add nothing.
      if (some < block) wanted.fill(0);
      for (let at = 0; at < some * channels; at++) wanted[at] = target[position * channels + at];
      for (let o = 0; o < channels; o++) {
        for (let k = 0; k < block; k++) meanTarget[o] += wanted[k * channels + o];
      }
      for (let g = 0; g < groups; g++) {
        if (some < block) rows.fill(0);
        for (let k = 0; k < some; k++) gather(patches, values, position + k, g, rows, k * length);
        addSquares(rows, length, mean, covariance, g);
        for (let o = g * outputs; o < (g + 1) * outputs; o++) {
          addProducts(rows, length, wanted, o, channels, cross);
        }
      }
    }
    await yieldNow();
  }
  for (let i = 0; i < mean.length; i++) mean[i] /= count;
  for (let o = 0; o < channels; o++) meanTarget[o] /= count;
  for (let g = 0; g < groups; g++) {
    for (let i = 0; i < length; i++) {
      for (let j = i; j < length; j++) {
        const at = (g * length + i) * length + j;
        covariance[at] = covariance[at] / count - mean[g * length + i] * mean[g * length + j];
        covariance[(g * length + j) * length + i] = covariance[at];
      }
    }
    for (let o = g * outputs; o < (g + 1) * outputs; o++) {
      for (let i = 0; i < length; i++) {
        cross[o * length + i] = cross[o * length + i] / count - mean[g * length + i] * meanTarget[o];
      }
    }
  }
  return { count, mean, meanTarget, covariance, cross };
}

/** Adds up a block of patches, and the upper half of `x x^T`. Integers: doubles hold sums of int8 exactly, in any order. */
function addSquares(rows: Float64Array, length: number, sum: Float64Array, square: Float64Array, group: number): void {
  const [second, third, fourth] = [length, 2 * length, 3 * length];
  for (let i = 0; i < length; i++) {
    const a = rows[i];
    const b = rows[second + i];
    const c = rows[third + i];
    const d = rows[fourth + i];
    if (a === 0 && b === 0 && c === 0 && d === 0) continue;
    sum[group * length + i] += a + b + c + d;
    for (let j = i, at = (group * length + i) * length + i; j < length; j++, at++) {
      square[at] += a * rows[j] + b * rows[second + j] + c * rows[third + j] + d * rows[fourth + j];
    }
  }
}

/** Adds up `x * target` of a channel over a block of patches, one after the other: targets are no integers. */
function addProducts(
  rows: Float64Array,
  length: number,
  wanted: Float64Array,
  channel: number,
  channels: number,
  sum: Float64Array,
): void {
  const [second, third, fourth] = [length, 2 * length, 3 * length];
  const a = wanted[channel];
  const b = wanted[channels + channel];
  const c = wanted[2 * channels + channel];
  const d = wanted[3 * channels + channel];
  for (let i = 0, at = channel * length; i < length; i++, at++) {
    sum[at] = sum[at] + a * rows[i] + b * rows[second + i] + c * rows[third + i] + d * rows[fourth + i];
  }
}
