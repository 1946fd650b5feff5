import type { Moments } from './moments.js';

/**
 * The squared error of one channel's accumulator as a function of its weights, in steps of the weights' scale: a quadratic
 * form, which is walked along one weight at a time.
 */
export interface SquaredError {
  /** Half of the second derivative along weight `i`. */
  curvature(i: number): number;
  /** Half of the derivative along weight `i`, where the weights are now. */
  slope(i: number): number;
  /** Moves weight `i` by `by` steps. */
  move(i: number, by: number): void;
}

/** From second moments: a move costs as much as there are weights. For more patches than weights. */
export function errorByMoments(
  { covariance, cross }: Moments,
  { group, channel, length }: { readonly group: number; readonly channel: number; readonly length: number },
  weights: ArrayLike<number>,
  scale: number,
): SquaredError {
  const square = covariance.subarray(group * length * length, (group + 1) * length * length);
  const slopes = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (let j = 0; j < length; j++) sum += square[i * length + j] * weights[j];
    slopes[i] = sum - cross[channel * length + i] / scale;
  }
  return {
    curvature: i => square[i * length + i],
    slope: i => slopes[i],
    move(i, by) {
      const row = i * length;
      for (let j = 0; j < length; j++) slopes[j] += by * square[row + j];
    },
  };
}

/** Patches with their mean taken out, transposed: [length, count], so that a weight meets its inputs in a row. */
export interface CentredPatches {
  readonly count: number;
  readonly rows: Float64Array;
}

/** From the patches themselves: a move costs as much as there are patches. For fewer patches than weights. */
export function errorByPatches(
  { rows, count }: CentredPatches,
  weights: ArrayLike<number>,
  /** Per patch what the channel should compute, in steps, with its mean taken out. */
  wanted: Float64Array,
): SquaredError {
  const residual = wanted.map(t => -t);
  for (let i = 0; i < weights.length; i++) {
    for (let k = 0; k < count; k++) residual[k] += weights[i] * rows[i * count + k];
  }
  const along = (i: number, other: Float64Array, first: number) => {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += rows[i * count + k] * other[first + k];
    return sum / count;
  };
  return {
    curvature: i => along(i, rows, i * count),
    slope: i => along(i, residual, 0),
    move(i, by) {
      for (let k = 0; k < count; k++) residual[k] += by * rows[i * count + k];
    },
  };
}
