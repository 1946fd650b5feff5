import type { Node } from '../../ir/graph.js';
import { type AccumulatorRange, magnitudeOf } from '../../ops/shared/accumulator.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import { type RequantisePlan, saturates, tableOf } from './generic.js';

/** How accumulators become int8 values in a few instructions: what the C function `saturating` takes, for each channel. */
export interface Saturating {
  /** Per channel: a power of two that an accumulator has to be multiplied by first. */
  readonly factors: readonly number[];
  /** Factors are what the rule always has, 1 or, under `tflite`, 2; and a rounding shift comes last in every channel. */
  readonly plain: boolean;
  /** Per argument of `saturating` the values of all channels; a common offset is not among them. */
  readonly columns: readonly (readonly number[])[];
  /** Added to requantised accumulators; 0 where it is in a column. */
  readonly offset: number;
}

const limit = 2 ** 31;

/**
 * One slope, one offset, no clamp but that of int8. Factors are 0 or more under `tflite`.
 *
 * `tflite`: gemmlowp's doubling multiplication of acc is the rounded high word of 2 * acc * multiplier, as SMMULR gives it.
 * A half goes away from zero in the division by 2^e: floor((x - [x < 0] + 2^(e - 1)) / 2^e). Since the multiplier is
 * 2^30 or more, x < 0 where acc < 0; only acc = -1 may have x = 0, and 0 it stays with and without the correction. Factors of
 * a half and more shift acc left instead, and have no division: then e is 0 and nothing is corrected.
 *
 * `tflite-single`: floor((acc * m + 2^(30 + e)) / 2^(31 + e)) = floor((floor(acc * m / 2^32) + 2^(e - 2)) / 2^(e - 1)) for
 * e of 2 and more, since all that is added is a multiple of 2^32. With a smaller e, acc is doubled until e is 2.
 */
export function saturatingOf(
  node: Node<LinearAttributes>,
  { view, tables }: RequantisePlan,
  ranges: readonly AccumulatorRange[],
): Saturating | undefined {
  if (!saturates(view) || node.type.dtype !== 'i8') return undefined;
  const offset = node.constants.offset.data[0];
  const multipliers = Array.from(tableOf(tables, 'multipliers').values);
  if (view.native) {
    return { factors: ranges.map(() => view.preFactor), plain: !view.preShifted, columns: [multipliers], offset };
  }
  const least = view.tflite ? 0 : 2;
  const { values } = tableOf(tables, 'shifts');
  const right = multipliers.map((m, o) => (m === 0 ? 2 : -values[o]));
  const usual = view.tflite ? 2 : 1;
  const factors = right.map(e => usual * 2 ** Math.max(least - e, 0));
  const last = right.map(e => Math.max(e, least) - (view.tflite ? 0 : 1));
  const rounds = last.map(e => (e === 0 ? 0 : 2 ** (e - 1)) + offset * 2 ** e);
  const fits = ranges.every((range, o) => {
    const bound = factors[o] * magnitudeOf(range);
    return (!view.tflite || multipliers[o] >= 0) && bound < limit && bound / 2 + Math.abs(rounds[o]) + 2 < limit;
  });
  if (!fits) return undefined;
  const plain = factors.every(factor => factor === usual) && last.every(e => e > 0);
  return { factors, plain, columns: [multipliers, rounds, last.map(marked)], offset: 0 };
}

/** A shift of 1 and more also has all bits above its lowest byte, which alone is what shifts look at: a mask for free. */
const marked = (e: number): number => (e === 0 ? 0 : e - 256);

/** The columns in words, for comments. */
export function saturatingNames(columns: Saturating['columns']): string {
  return columns.length === 1 ? 'multipliers' : 'multipliers, roundings and shifts';
}
