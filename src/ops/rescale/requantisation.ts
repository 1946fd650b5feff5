import { z } from 'zod';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { type Quantisation, type ValueRange, valueRanges } from '../../ir/tensor.js';
import {
  clamp,
  factorOf,
  fitsMultiplier,
  nativePreShift,
  quantiseMultiplier,
  type Rounding,
  requantise,
  roundings,
} from '../../numeric/requantise.js';
import { leftShift } from '../shared/accumulator.js';

const value = z.int().min(valueRanges.i16.low).max(valueRanges.i16.high);
const factor = z.strictObject({
  multiplier: z
    .int()
    .min(-(2 ** 31) + 1)
    .max(2 ** 31 - 1),
  shift: z.int().min(-31).max(15),
  preShift: z.int().min(0).max(30),
});

export type RescaleFactor = z.infer<typeof factor>;

/** How differences from the zero point become values of the output; there in integer graphs only. */
export const requantisationSchema = z.strictObject({
  rounding: z.enum(roundings),
  /** Of products with the slope, where the difference is 0 or more, and where it is less. */
  positive: factor,
  negative: factor,
  /** Of the offset plus or minus that; there where the op sums. */
  sum: factor.optional(),
  /** The product is subtracted from the offset. */
  minus: z.boolean(),
  /** The values stay as they are, but for the clamp. */
  exact: z.boolean(),
  low: value,
  high: value,
});

export type Requantisation = z.infer<typeof requantisationSchema>;

/** What of the parameters is one channel's. */
export interface ChannelParameters {
  readonly positiveSlope: number;
  readonly negativeSlope: number;
  readonly offset: number;
}

/** Scales as the quantised weights file has them; `sum` where the op sums. */
export interface Scales {
  readonly positive: number;
  readonly negative: number;
  readonly sum?: number | undefined;
  readonly minus: boolean;
}

/** What a difference from the zero point becomes, before the zero point of the output and its clamp. */
export function rescaled(requantisation: Requantisation, parameters: ChannelParameters, x: number): number {
  const { rounding, positive, negative, sum, minus, exact } = requantisation;
  if (exact) return x;
  const [by, slope] = x >= 0 ? [positive, parameters.positiveSlope] : [negative, parameters.negativeSlope];
  const product = requantise(rounding, x * slope, by, by.preShift);
  if (sum === undefined) return product;
  return requantise(rounding, parameters.offset + (minus ? -product : product), sum, sum.preShift);
}

/** |x| of a difference from the zero point at most. */
const largest = ({ low, high }: ValueRange, { zeroPoint }: Quantisation): number =>
  Math.max(zeroPoint - low, high - zeroPoint);

/** The largest |accumulator|, shifted left as the rounding rule will. */
export function accumulatorBound(
  { rounding, positive, negative, sum, exact }: Requantisation,
  channels: readonly ChannelParameters[],
  inputRange: ValueRange,
  input: Quantisation,
): number {
  const most = largest(inputRange, input);
  if (exact) return most;
  const shifted = (by: RescaleFactor) => 2 ** leftShift(rounding, by, by.preShift);
  const real = (by: RescaleFactor) => Math.abs(factorOf(rounding, by, by.preShift));
  return channels.reduce((bound, { positiveSlope, negativeSlope, offset }) => {
    const products = [most * Math.abs(positiveSlope), most * Math.abs(negativeSlope)];
    // Rounding, twice at most, adds less than one.
    const results = [products[0] * real(positive) + 1, products[1] * real(negative) + 1];
    const total = Math.ceil(Math.max(...results)) + Math.abs(offset);
    const last = sum === undefined ? total : Math.max(total * shifted(sum), total * real(sum) + 1);
    return Math.max(bound, products[0] * shifted(positive), products[1] * shifted(negative), last);
  }, 0);
}

/** The largest factor of `native` without a shift. */
const nearlyHalf = (2 ** 31 - 1) / 2 ** 32;

/** Multipliers from scales. @throws CompileError E0502 when one is not usable, or an int32 could overflow */
export function requantisationOf(
  node: Node,
  rounding: Rounding,
  scales: Scales,
  channels: readonly ChannelParameters[],
  input: Quantisation,
  ranges: { readonly input: ValueRange; readonly output: ValueRange; readonly zeroPoint: number },
): Requantisation {
  const given = [scales.positive, scales.negative, ...(scales.sum === undefined ? [] : [scales.sum])];
  const refuse = (problem: string): never =>
    fail('E0502', `'${node.name}' ${problem}`, {
      span: node.span,
      notes: [`factors ${given.join(', ')}`],
      hint: 'scales must be positive and of a comparable size; quantise again with representative calibration images',
    });
  if (!given.every(scale => Number.isFinite(scale) && fitsMultiplier(Math.abs(scale))))
    refuse('has a factor that is not usable');
  const of = (scale: number): RescaleFactor => {
    const preShift = rounding === 'native' ? nativePreShift([scale]) : 0;
    return { ...quantiseMultiplier(rounding, scale, preShift), preShift };
  };
  // TFLite brings the operand of a sum that has the larger scale to half of it, from 31 bits: no room for a shift under `native`.
  const ofProduct = (scale: number) =>
    of(rounding === 'native' && scales.sum !== undefined && scale === 0.5 ? nearlyHalf : scale);
  const plain = channels.every(({ positiveSlope, negativeSlope }) => positiveSlope === 1 && negativeSlope === 1);
  const requantisation: Requantisation = {
    rounding,
    positive: ofProduct(scales.positive),
    negative: ofProduct(scales.negative),
    ...(scales.sum === undefined ? {} : { sum: of(scales.sum) }),
    minus: scales.minus,
    exact: plain && scales.sum === undefined && scales.positive === 1 && scales.negative === 1,
    ...ranges.output,
  };
  const bound = accumulatorBound(requantisation, channels, ranges.input, input) + Math.abs(ranges.zeroPoint);
  if (bound >= 2 ** 31) refuse('could leave the range of int32');
  return requantisation;
}

/** The range of results over a range of values: they go one way on either side of the zero point. */
export function rangeOf(
  requantisation: Requantisation,
  parameters: ChannelParameters,
  range: ValueRange,
  input: Quantisation,
  zeroPoint: number,
): ValueRange {
  const ends = [range.low, range.high, input.zeroPoint - 1, input.zeroPoint].filter(
    q => q >= range.low && q <= range.high,
  );
  const { low, high } = requantisation;
  const results = ends.map(q =>
    clamp(rescaled(requantisation, parameters, q - input.zeroPoint) + zeroPoint, low, high),
  );
  return { low: Math.min(...results), high: Math.max(...results) };
}
