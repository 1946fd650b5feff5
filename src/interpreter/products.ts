import type { TensorData } from '../ir/tensor.js';
import type { Patches } from '../ops/op.js';

/** Number of positions that an op's patches are taken at. */
export const positionsOf = ({ offsets, length }: Patches): number => offsets.length / length;

/** `x - zeroPoint` of a whole tensor: doubles hold it exactly, and what reads them meets one type of array only. */
export function centred(data: TensorData, zeroPoint: number, result: Float64Array): Float64Array {
  for (let i = 0; i < data.length; i++) result[i] = data[i] - zeroPoint;
  return result;
}

/** Copies the patch that group `group` sees at a position, from {@link centred} values to `first` on; 0 in the padding. */
export function gather(
  { offsets, length, groupStep }: Patches,
  values: Float64Array,
  position: number,
  group: number,
  patch: Float64Array,
  first = 0,
): void {
  const from = position * length;
  const step = group * groupStep;
  for (let i = 0; i < length; i++) {
    const offset = offsets[from + i];
    patch[first + i] = offset < 0 ? 0 : values[offset + step];
  }
}

/**
 * Makes what computes `sum(w * (x - zeroPoint))` of every position and output channel, [positions, channels], without bias. Doubles,
 * added up in one order: exact for integers, and the same on every machine for the rest. The result is good until the next call.
 */
export function productsWith(
  patches: Patches,
  weight: Float64Array,
): (data: TensorData, zeroPoint: number) => Float64Array {
  const { groups, outputs, length } = patches;
  const channels = groups * outputs;
  const positions = positionsOf(patches);
  const sums = new Float64Array(positions * channels);
  const pair = new Float64Array(2 * length);
  let values = new Float64Array();
  return (data, zeroPoint) => {
    if (values.length !== data.length) values = new Float64Array(data.length);
    centred(data, zeroPoint, values);
    if (outputs === 1) {
      multiplyChannels(patches, weight, values, sums);
      return sums;
    }
    for (let position = 0; position < positions; position += 2) {
      // The last one of an odd number is computed twice.
      const next = Math.min(position + 1, positions - 1);
      for (let group = 0; group < groups; group++) {
        gather(patches, values, position, group, pair);
        gather(patches, values, next, group, pair, length);
        const first = group * outputs;
        multiplyPair(weight, first * length, pair, outputs, sums, position * channels + first, next * channels + first);
      }
    }
    return sums;
  };
}

/** One output per group: its few taps are read where they are. */
function multiplyChannels(
  { groups, groupStep, length, offsets }: Patches,
  weight: Float64Array,
  values: Float64Array,
  sums: Float64Array,
): void {
  for (let from = 0, at = 0; from < offsets.length; from += length) {
    for (let group = 0; group < groups; group++, at++) {
      const step = group * groupStep;
      const row = group * length;
      let sum = 0;
      for (let i = 0; i < length; i++) {
        const offset = offsets[from + i];
        if (offset >= 0) sum += weight[row + i] * values[offset + step];
      }
      sums[at] = sum;
    }
  }
}

/**
 * The products of two patches with `outputs` rows of weights. Four rows at a time share what is loaded of the patches, and the
 * patches what is loaded of the rows; each sum is added up from its first weight to its last.
 */
function multiplyPair(
  weight: Float64Array,
  firstWeight: number,
  pair: Float64Array,
  outputs: number,
  sums: Float64Array,
  firstSum: number,
  secondSum: number,
): void {
  const length = pair.length / 2;
  let o = 0;
  for (; o + 4 <= outputs; o += 4) {
    let [a0, a1, a2, a3] = [0, 0, 0, 0];
    let [b0, b1, b2, b3] = [0, 0, 0, 0];
    const w0 = firstWeight + o * length;
    const w1 = w0 + length;
    const w2 = w1 + length;
    const w3 = w2 + length;
    for (let i = 0; i < length; i++) {
      const a = pair[i];
      const b = pair[length + i];
      const v0 = weight[w0 + i];
      const v1 = weight[w1 + i];
      const v2 = weight[w2 + i];
      const v3 = weight[w3 + i];
      a0 += v0 * a;
      a1 += v1 * a;
      a2 += v2 * a;
      a3 += v3 * a;
      b0 += v0 * b;
      b1 += v1 * b;
      b2 += v2 * b;
      b3 += v3 * b;
    }
    sums[firstSum + o] = a0;
    sums[firstSum + o + 1] = a1;
    sums[firstSum + o + 2] = a2;
    sums[firstSum + o + 3] = a3;
    sums[secondSum + o] = b0;
    sums[secondSum + o + 1] = b1;
    sums[secondSum + o + 2] = b2;
    sums[secondSum + o + 3] = b3;
  }
  for (; o < outputs; o++) {
    let [a, b] = [0, 0];
    for (let i = 0; i < length; i++) {
      const v = weight[firstWeight + o * length + i];
      a += v * pair[i];
      b += v * pair[length + i];
    }
    sums[firstSum + o] = a;
    sums[secondSum + o] = b;
  }
}
