import type { TensorData } from '../../ir/tensor.js';
import type { Patches } from '../../ops/op.js';

/** Number of positions that an op's patches are taken at. */
export const positionsOf = ({ offsets, length }: Patches): number => offsets.length / length;

/** Copies the patch that group `group` sees at a position: `x - zeroPoint`, and 0 in the padding. */
export function gather(
  { offsets, length, groupStep }: Patches,
  data: TensorData,
  zeroPoint: number,
  position: number,
  group: number,
  patch: Float64Array,
): void {
  const first = position * length;
  const step = group * groupStep;
  for (let i = 0; i < length; i++) {
    const offset = offsets[first + i];
    patch[i] = offset < 0 ? 0 : data[offset + step] - zeroPoint;
  }
}

/**
 * `sum(w * (x - zeroPoint))` of every position and output channel, [positions, channels], without bias. Doubles, added up in
 * one order: exact for integers, and the same on every machine for the rest.
 */
export function products(
  patches: Patches,
  weight: Float64Array,
  data: TensorData,
  zeroPoint: number,
  sums: Float64Array,
): void {
  const { groups, outputs, length } = patches;
  const channels = groups * outputs;
  const patch = new Float64Array(length);
  for (let position = 0; position < positionsOf(patches); position++) {
    for (let group = 0; group < groups; group++) {
      gather(patches, data, zeroPoint, position, group, patch);
      multiply(weight, group * outputs * length, patch, outputs, sums, position * channels + group * outputs);
    }
  }
}

/** The products of a patch with `outputs` rows of weights, of which four at a time share what is loaded of the patch. */
function multiply(
  weight: Float64Array,
  firstWeight: number,
  patch: Float64Array,
  outputs: number,
  sums: Float64Array,
  firstSum: number,
): void {
  const { length } = patch;
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    let [s0, s1, s2, s3] = [0, 0, 0, 0];
    const w0 = firstWeight + o * length;
    const w1 = w0 + length;
    const w2 = w1 + length;
    const w3 = w2 + length;
    for (let i = 0; i < length; i++) {
      const x = patch[i];
      s0 += weight[w0 + i] * x;
      s1 += weight[w1 + i] * x;
      s2 += weight[w2 + i] * x;
      s3 += weight[w3 + i] * x;
    }
    sums[firstSum + o] = s0;
    sums[firstSum + o + 1] = s1;
    sums[firstSum + o + 2] = s2;
    sums[firstSum + o + 3] = s3;
  }
  for (; o < outputs; o++) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += weight[firstWeight + o * length + i] * patch[i];
    sums[firstSum + o] = sum;
  }
}
