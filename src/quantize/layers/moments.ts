import type { TensorData } from '../../ir/tensor.js';
import type { Patches } from '../../ops/op.js';
import { gather, positionsOf } from './products.js';

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

export function momentsOf(
  patches: Patches,
  inputs: readonly TensorData[],
  zeroPoint: number,
  targets: readonly Float32Array[],
): Moments {
  const { groups, outputs, length } = patches;
  const channels = groups * outputs;
  const positions = positionsOf(patches);
  const count = positions * inputs.length;
  const mean = new Float64Array(groups * length);
  const meanTarget = new Float64Array(channels);
  const covariance = new Float64Array(groups * length * length);
  const cross = new Float64Array(channels * length);
  const patch = new Float64Array(length);
  for (const [image, input] of inputs.entries()) {
    const target = targets[image];
    for (let position = 0; position < positions; position++) {
      for (let g = 0; g < groups; g++) {
        gather(patches, input, zeroPoint, position, g, patch);
        const square = g * length * length;
        for (let i = 0; i < length; i++) {
          const x = patch[i];
          if (x === 0) continue;
          mean[g * length + i] += x;
          const row = square + i * length;
          for (let j = i; j < length; j++) covariance[row + j] += x * patch[j];
        }
        for (let o = g * outputs; o < (g + 1) * outputs; o++) {
          const t = target[position * channels + o];
          meanTarget[o] += t;
          for (let i = 0; i < length; i++) cross[o * length + i] += t * patch[i];
        }
      }
    }
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
