import type { Node } from '../../../ir/graph.js';
import { type AccumulatorRange, magnitudeOf } from '../accumulator.js';
import type { LinearAttributes } from '../linear.js';
import { type RequantisePlan, saturates, tableOf } from '../requantise-kernel.js';

/** How accumulators become int8 values in a few instructions: what the C function `saturating` takes, for each channel. */
export interface Saturating {
  /** An accumulator has to be multiplied by this first. */
  readonly factor: number;
  /** Per argument of `saturating` the values of all channels; a common offset is not among them. */
  readonly columns: readonly (readonly number[])[];
  /** Added to requantised accumulators; 0 where it is in a column. */
  readonly offset: number;
}

const limit = 2 ** 31;

/**
 * The plain case: one slope, one offset, no clamp but that of int8; under the rules of TFLite also factors below a half
 * (`tflite`) or a quarter (`tflite-single`), so that a rounding shift to the right comes last.
 *
 * `tflite`: gemmlowp's doubling multiplication of acc is the rounded high word of 2 * acc * multiplier, as SMMULR gives it.
 * A half goes away from zero in the division by 2^e: floor((x - [x < 0] + 2^(e - 1)) / 2^e).
 *
 * `tflite-single`: floor((acc * m + 2^(30 + e)) / 2^(31 + e)) = floor((floor(acc * m / 2^32) + 2^(e - 2)) / 2^(e - 1)) for
 * e of 2 and more, since all that is added is a multiple of 2^32.
 */
export function saturatingOf(
  node: Node<LinearAttributes>,
  { view, tables }: RequantisePlan,
  ranges: readonly AccumulatorRange[],
): Saturating | undefined {
  if (!saturates(view)) return undefined;
  const offset = node.constants.offset.data[0];
  const multipliers = Array.from(tableOf(tables, 'multipliers').values);
  if (view.native) return { factor: view.preFactor, columns: [multipliers], offset };
  const least = view.tflite ? 1 : 2;
  const { values } = tableOf(tables, 'shifts');
  const shifts = multipliers.map((m, o) => (m === 0 ? least : -values[o]));
  const last = shifts.map(e => (view.tflite ? e : e - 1));
  const rounds = last.map(e => 2 ** (e - 1) + offset * 2 ** e);
  const fits = ranges.every(
    (range, o) =>
      shifts[o] >= least && 2 * magnitudeOf(range) < limit && magnitudeOf(range) + 129 * 2 ** last[o] < limit,
  );
  return fits ? { factor: view.tflite ? 2 : 1, columns: [multipliers, rounds, last], offset: 0 } : undefined;
}

/** The columns in words, for comments. */
export function saturatingNames(columns: Saturating['columns']): string {
  return columns.length === 1 ? 'multipliers' : 'multipliers, roundings and shifts';
}
