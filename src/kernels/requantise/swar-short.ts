import { requantiseNative } from '../../numeric/requantise.js';
import { type AccumulatorRange, magnitudeOf } from '../../ops/shared/accumulator.js';

/**
 * Rounding `native` without a 64-bit product. A factor m = (high << lowBits) + low is multiplied in its two parts,
 *
 *   q = (acc * high + ((acc * low) >> lowBits) + add) >> shift
 *
 * which is floor((acc * m + (add << lowBits)) / 2^(lowBits + shift)), exactly, as long as no term leaves int32. With
 * lowBits + shift = 32 - preShift and add = (offset << shift) + 2^(shift - 1) that is the rounding rule, offset included.
 *
 * So that terms stay small, accumulators whose output is at an end of int8 do not come so far: see {@link passing}.
 */
export interface ShortForm {
  readonly lowBits: number;
  readonly shift: number;
  readonly add: number;
}

/** A channel's factor, 0 or more, and what goes with it. */
export interface NativeFactor {
  readonly multiplier: number;
  readonly preShift: number;
  readonly offset: number;
}

const int32 = 2 ** 31 - 1;

/** The least accumulator in `range` whose output is `least` or more; `range.high + 1` where there is none. */
function firstReaching(least: number, range: AccumulatorRange, { multiplier, preShift, offset }: NativeFactor): number {
  let [low, high] = [range.low, range.high + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (requantiseNative(middle, multiplier, preShift) + offset >= least) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The accumulators that are multiplied: those below give -128, those above 127. */
export function passing(range: AccumulatorRange, factor: NativeFactor): AccumulatorRange {
  return { low: firstReaching(-127, range, factor), high: firstReaching(128, range, factor) - 1 };
}

/** @returns nothing where no split that all channels share keeps all terms within int32 */
export function shortForm(
  channels: readonly { readonly range: AccumulatorRange; readonly factor: NativeFactor }[],
  preShift: number,
  offset: number,
): ShortForm | undefined {
  const total = 32 - preShift;
  for (let lowBits = Math.max(1, total - 30); lowBits < Math.min(total, 31); lowBits++) {
    const shift = total - lowBits;
    const add = offset * 2 ** shift + 2 ** (shift - 1);
    const fits = channels.every(({ range, factor: { multiplier } }) => {
      const acc = magnitudeOf(range);
      const high = Math.floor(multiplier / 2 ** lowBits);
      const low = multiplier - high * 2 ** lowBits;
      return acc * low <= int32 && acc * high + Math.ceil((acc * low) / 2 ** lowBits) + Math.abs(add) <= int32;
    });
    if (fits) return { lowBits, shift, add };
  }
  return undefined;
}

/** What the C computes for an accumulator that passes: for tests. */
export function requantiseShort(acc: number, multiplier: number, { lowBits, shift, add }: ShortForm): number {
  const high = multiplier >> lowBits;
  const low = multiplier - high * 2 ** lowBits;
  return (Math.imul(acc, high) + (Math.imul(acc, low) >> lowBits) + add) >> shift;
}
