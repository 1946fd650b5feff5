import type { Shape, TensorData } from '../ir/tensor.js';

/** Reorders the columns of a [units, C*H*W] matrix so that they count in H, W, C. */
export function permuteNchwColumns(
  weights: TensorData,
  units: number,
  { height, width, channels }: Shape,
): Float32Array {
  const count = height * width * channels;
  const result = new Float32Array(weights.length);
  for (let unit = 0; unit < units; unit++) {
    for (let c = 0; c < channels; c++) {
      for (let position = 0; position < height * width; position++) {
        result[unit * count + position * channels + c] = weights[unit * count + c * height * width + position];
      }
    }
  }
  return result;
}
