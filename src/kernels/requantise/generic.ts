import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import type { TensorType } from '../../ir/tensor.js';
import { factorOf, type Rounding } from '../../numeric/requantise.js';
import { leftShift, magnitudeOf, rangesOf } from '../../ops/shared/accumulator.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import { roundingView } from '../helpers.js';
import type { ConstantTable, Helper, KernelPlan, ShiftedAccumulator } from '../kernel.js';

/** A constant that is added, as a person writes it: `+ 3`, `- 3` or not at all. */
export interface TermView {
  readonly plus: boolean;
  readonly minus: boolean;
  readonly magnitude: number;
}

export function termView(value: number): TermView {
  return { plus: value > 0, minus: value < 0, magnitude: Math.abs(value) };
}

/** What `kernels/shared/requantise` reads: how an accumulator `acc` of output channel `o` becomes a value of the output. */
export interface RequantiseView {
  /** The largest |acc| over all inputs, after the shift where the rule makes one. */
  readonly bound: number;
  /** The type of `acc`, the limit that it keeps, and what that is called. */
  readonly acc: 'int32_t' | 'int64_t';
  readonly limit: string;
  readonly limitName: string;
  /** The C function that multiplies. */
  readonly multiply: 'requantise' | 'requantise_long';
  readonly native: boolean;
  readonly tflite: boolean;
  readonly tfliteSingle: boolean;
  /** Factor that shifts `acc` left before a native multiplication; 1 almost always, and then left out. */
  readonly preFactor: number;
  readonly preShifted: boolean;
  readonly twoSlopes: boolean;
  /** Offsets differ between channels and are in a table; otherwise they are `offset`. */
  readonly offsetTable: boolean;
  readonly offset: TermView;
  readonly low: number;
  readonly high: number;
}

/** What accumulators are asserted to keep within. */
export const int32Limit = { limit: 'INT32_MAX', limitName: 'int32' } as const;
const longLimit = { limit: 'INT64_C(1) << 47', limitName: '48 bits' } as const;

/** The table with a suffix, of those that a requantisation has. */
export function tableOf(tables: readonly ConstantTable[], suffix: string): ConstantTable {
  const table = tables.find(t => t.suffix === suffix);
  invariant(table !== undefined, `there is a table of ${suffix}`);
  return table;
}

/** Is there one slope, one offset, and no clamp but that of int8? Then saturation does what is left to do. */
export function saturates({ twoSlopes, offsetTable, low, high }: RequantiseView): boolean {
  return !twoSlopes && !offsetTable && low === -128 && high === 127;
}

/** Helpers that define the C function `requantise` of a rounding rule. */
export const requantiseHelpers: Readonly<Record<Rounding, readonly Helper[]>> = {
  native: ['requantise-native'],
  tflite: ['doubling-high-multiply', 'rounding-divide', 'requantise-tflite'],
  'tflite-single': ['requantise-tflite-single'],
};

const longHelpers: readonly Helper[] = ['requantise-long'];

export interface RequantisePlan extends Pick<KernelPlan, 'tables' | 'helpers'> {
  readonly rounding: Rounding;
  readonly view: RequantiseView;
  /** Worst cases over all inputs, for the kernel plan. */
  readonly bounds: Required<Pick<KernelPlan, 'accumulatorBound'>> & Pick<KernelPlan, 'shiftedAccumulator'>;
}

/** Requantisation of a linear op: view, tables and helpers, and the bias with the input's zero point folded in. */
export function requantisePlan(node: Node<LinearAttributes>, input: TensorType): RequantisePlan {
  const { requantisation } = node.attributes;
  invariant(requantisation !== undefined, `${node.name} is not in integer form`);
  const { rounding, preShift, low, high, twoSlopes, long = false } = requantisation;
  const { multiplier, shift, negativeMultiplier, negativeShift, offset } = node.constants;
  const zeroPoint = input.quantisation?.zeroPoint ?? 0;
  const offsets = [...new Set(offset.data)];
  const offsetTable = offsets.length > 1;
  const table = (
    suffix: string,
    values: ArrayLike<number>,
    ctype: ConstantTable['ctype'],
    layout: string,
  ): ConstantTable => ({
    suffix,
    ctype,
    values,
    perLine: 8,
    layout,
    kind: 'tables',
  });
  const shifts =
    rounding === 'native' && !long ? [] : [table('shifts', shift.data, 'int8_t', 'per channel: left where positive')];
  const bounds = boundsOf(node);
  const acc = bounds.accumulatorBound >= 2 ** 31 ? 'int64_t' : 'int32_t';
  const tables = [
    table('bias', foldedBias(node), acc, `per channel: bias - (${zeroPoint}) * sum of weights`),
    table('multipliers', multiplier.data, 'int32_t', 'per channel'),
    ...shifts,
    ...(twoSlopes
      ? [table('negative_multipliers', negativeMultiplier.data, 'int32_t', 'per channel, where acc < 0')]
      : []),
    ...(twoSlopes && (rounding !== 'native' || long)
      ? [table('negative_shifts', negativeShift.data, 'int8_t', 'per channel, where acc < 0')]
      : []),
    ...(offsetTable ? [table('offsets', offset.data, 'int32_t', 'per channel: zero point plus affine offset')] : []),
  ];
  return {
    rounding,
    view: {
      bound: Math.max(bounds.accumulatorBound, bounds.shiftedAccumulator?.bound ?? 0),
      acc,
      ...(acc === 'int64_t' ? longLimit : int32Limit),
      multiply: long ? 'requantise_long' : 'requantise',
      ...roundingView(rounding),
      ...(long ? { native: false } : {}),
      preFactor: 2 ** preShift,
      preShifted: preShift > 0,
      twoSlopes,
      offsetTable,
      offset: termView(offsets[0]),
      low,
      high,
    },
    tables,
    helpers: long ? longHelpers : requantiseHelpers[rounding],
    bounds,
  };
}

/** The largest |accumulator| of all channels, and the largest after the shift that the rounding rule makes first, if any. */
function boundsOf(node: Node<LinearAttributes>): RequantisePlan['bounds'] {
  const { requantisation } = node.attributes;
  invariant(requantisation !== undefined, `${node.name} is not in integer form`);
  const { rounding, preShift, long = false } = requantisation;
  const { multiplier, shift, negativeMultiplier, negativeShift } = node.constants;
  const bounds = rangesOf(node).map(magnitudeOf);
  const accumulatorBound = bounds.reduce((a, b) => Math.max(a, b), 0);
  if (long) return { accumulatorBound };
  const candidates = bounds.flatMap((bound, channel) =>
    [
      { multiplier: multiplier.data[channel], shift: shift.data[channel] },
      { multiplier: negativeMultiplier?.data[channel] ?? 0, shift: negativeShift?.data[channel] ?? 0 },
    ].map((pair): ShiftedAccumulator => {
      const left = leftShift(rounding, pair, preShift);
      return { shift: left, bound: bound * 2 ** left, channel, factor: factorOf(rounding, pair, preShift) };
    }),
  );
  const shifted = candidates.filter(candidate => candidate.shift > 0);
  if (shifted.length === 0) return { accumulatorBound };
  // Under `native` one factor shifts all channels; otherwise each shifts its own, and the one with the worst result counts.
  const forcing = shifted.reduce((a, b) =>
    (rounding === 'native' ? Math.abs(b.factor) > Math.abs(a.factor) : b.bound > a.bound) ? b : a,
  );
  const bound = shifted.reduce((most, candidate) => Math.max(most, candidate.bound), 0);
  return { accumulatorBound, shiftedAccumulator: { ...forcing, bound } };
}

/** The biases as kernels add them, with the zero point of the input in them: what `fold-zero-points` has put there. */
export function foldedBias({ name, constants }: Node): readonly number[] {
  invariant(constants.foldedBias !== undefined, `${name}: the zero point is not folded into its bias`);
  return Array.from(constants.foldedBias.data);
}
