import { fail, invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { type Constant, elementRange, type TensorType } from '../../ir/tensor.js';
import type { Multiplier, Rounding } from '../../numeric/requantise.js';

/** The exact range of the accumulators of an output channel over all inputs of its type. */
export interface AccumulatorRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Per channel the least and the greatest value of `bias - zp * sum(w) + sum(w * x)` over all x of the input's type: what kernels
 * compute, padding included, which reads as the zero point. Both are reached, by the x that are extreme in the direction of
 * each weight. No partial sum, in any order, leaves the range: each product widens it on both sides.
 */
export function accumulatorRanges(weight: Constant, bias: Constant, input: TensorType): AccumulatorRange[] {
  const x = elementRange(input);
  const zeroPoint = input.quantisation?.zeroPoint ?? 0;
  const perChannel = weight.data.length / bias.data.length;
  return Array.from(bias.data, (b, o) => {
    let [folded, low, high] = [b, 0, 0];
    for (let i = 0; i < perChannel; i++) {
      const w = weight.data[o * perChannel + i];
      folded -= zeroPoint * w;
      low += w > 0 ? x.low * w : x.high * w;
      high += w > 0 ? x.high * w : x.low * w;
    }
    return { low: folded + low, high: folded + high };
  });
}

/** The ranges that `bound-accumulators` has put into a linear op of the integer graph. */
export function rangesOf({ name, constants: { accumulatorLow, accumulatorHigh } }: Node): readonly AccumulatorRange[] {
  invariant(accumulatorLow !== undefined && accumulatorHigh !== undefined, `${name}: its accumulators are not bounded`);
  return Array.from(accumulatorLow.data, (low, o) => ({ low, high: accumulatorHigh.data[o] }));
}

/** The largest |accumulator| of a range. */
export const magnitudeOf = ({ low, high }: AccumulatorRange): number => Math.max(-low, high);

/** What follows the accumulator of an output channel; the second factor is that of negative accumulators. */
export interface ChannelEpilogue {
  readonly range: AccumulatorRange;
  /** As fixed point and as the real number that it stands for. */
  readonly factors: readonly (Multiplier & { readonly real: number })[];
  /** Added to the requantised accumulator. */
  readonly offset: number;
}

/** A rounding rule, or that of accumulators of 48 bits. */
export type AccumulatorRule = Rounding | 'long';

/** By how much a rounding rule shifts an accumulator left before it multiplies, with a factor of its own. */
export function leftShift(rounding: AccumulatorRule, { shift }: Multiplier, preShift: number): number {
  if (rounding === 'native') return preShift;
  // `tflite-single` multiplies in 64 bits and shifts once, afterwards; so does `long`.
  return rounding === 'tflite' ? Math.max(shift, 0) : 0;
}

/** The largest |value| of an int32, and of an accumulator that TFLite multiplies by 16 bits. */
const limit = 2 ** 31 - 1;
const longLimit = 2 ** 47 - 1;

/** What in a channel could leave its type. */
interface Overflow {
  readonly channel: number;
  readonly what: 'accumulator' | 'requantised accumulator';
  readonly type: 'int32' | '48 bits';
  readonly worst: string;
  readonly allowed: number;
}

/** The first channel in which an int32 of the C, or an accumulator of 48 bits, could overflow, where there is one. */
export function overflowOf(
  channels: readonly ChannelEpilogue[],
  rounding: AccumulatorRule,
  preShift: number,
): Overflow | undefined {
  const type = rounding === 'long' ? '48 bits' : 'int32';
  const most = rounding === 'long' ? longLimit : limit;
  for (const [channel, { range, factors, offset }] of channels.entries()) {
    const bound = magnitudeOf(range);
    const left = Math.max(...factors.map(factor => leftShift(rounding, factor, preShift)));
    if (bound * 2 ** left > most) {
      const worst = `${bound}${left > 0 ? ` shifted left by ${left}` : ''}`;
      return { channel, what: 'accumulator', type, worst, allowed: most };
    }
    // Rounding, twice at most, adds less than one.
    const result = Math.ceil(bound * Math.max(...factors.map(({ real }) => Math.abs(real)))) + 1 + Math.abs(offset);
    if (result > limit) {
      const worst = `${result}, ${Math.abs(offset)} of it the offset`;
      return { channel, what: 'requantised accumulator', type: 'int32', worst, allowed: limit };
    }
  }
  return undefined;
}

/**
 * Refuses a channel in which an int32 of the C, or an accumulator of 48 bits, could overflow: the accumulator, shifted left as the rounding rule will, or
 * the requantised accumulator with its offset. `input` is what is multiplied, and `channels` is what follows the accumulator in each.
 * @throws CompileError E0501
 */
export function refuseOverflow(
  node: Node,
  input: TensorType,
  channels: readonly ChannelEpilogue[],
  rounding: AccumulatorRule,
  preShift: number,
): void {
  const overflow = overflowOf(channels, rounding, preShift);
  if (overflow === undefined) return;
  const { channel, what, type, worst, allowed } = overflow;
  fail('E0501', `the ${what} of channel ${channel} of '${node.name}' could leave the range of ${type}`, {
    span: node.span,
    notes: [`worst case ${worst}, limit ${allowed}`],
    hint:
      input.dtype === 'i16'
        ? 'give the tensor that it reads int8 activations, or check the bias of this channel'
        : 'check the bias of this channel and the batch norm statistics that were folded into it',
  });
}
