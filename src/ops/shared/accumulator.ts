import { fail } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import type { Constant } from '../../ir/tensor.js';
import type { Multiplier, Rounding } from '../../numeric/requantise.js';

/** The exact range of the accumulators of an output channel over all int8 inputs. */
export interface AccumulatorRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Per channel the least and the greatest value of `bias - zp * sum(w) + sum(w * x)` over all x in -128 to 127: what kernels
 * compute, padding included, which reads as the zero point. Both are reached, by the x that are extreme in the direction of
 * each weight. No partial sum, in any order, leaves the range: each product widens it on both sides.
 */
export function accumulatorRanges(weight: Constant, bias: Constant, inputZeroPoint: number): AccumulatorRange[] {
  const perChannel = weight.data.length / bias.data.length;
  return Array.from(bias.data, (b, o) => {
    let [folded, low, high] = [b, 0, 0];
    for (let i = 0; i < perChannel; i++) {
      const w = weight.data[o * perChannel + i];
      folded -= inputZeroPoint * w;
      low += w > 0 ? -128 * w : 127 * w;
      high += w > 0 ? 127 * w : -128 * w;
    }
    return { low: folded + low, high: folded + high };
  });
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

/** By how much a rounding rule shifts an accumulator left before it multiplies, with a factor of its own. */
export function leftShift(rounding: Rounding, { shift }: Multiplier, preShift: number): number {
  if (rounding === 'native') return preShift;
  // `tflite-single` multiplies in 64 bits and shifts once, afterwards.
  return rounding === 'tflite' ? Math.max(shift, 0) : 0;
}

const limit = 2 ** 31 - 1;

/**
 * Refuses a channel in which an int32 of the C could overflow: the accumulator, shifted left as the rounding rule will, or
 * the requantised accumulator with its offset. `channels` is what follows the accumulator in each.
 * @throws CompileError E0501
 */
export function refuseOverflow(
  node: Node,
  channels: readonly ChannelEpilogue[],
  rounding: Rounding,
  preShift: number,
): void {
  for (const [o, { range, factors, offset }] of channels.entries()) {
    const bound = magnitudeOf(range);
    const left = Math.max(...factors.map(factor => leftShift(rounding, factor, preShift)));
    // Rounding, twice at most, adds less than one.
    const result = Math.ceil(bound * Math.max(...factors.map(({ real }) => Math.abs(real)))) + 1 + Math.abs(offset);
    const [what, worst] =
      bound * 2 ** left > limit
        ? ['accumulator', `${bound}${left > 0 ? ` shifted left by ${left}` : ''}`]
        : ['requantised accumulator', `${result}, ${Math.abs(offset)} of it the offset`];
    if (Math.max(bound * 2 ** left, result) <= limit) continue;
    fail('E0501', `the ${what} of channel ${o} of '${node.name}' could leave the range of int32`, {
      span: node.span,
      notes: [`worst case ${worst}, limit ${limit}`],
      hint: 'check the bias of this channel and the batch norm statistics that were folded into it',
    });
  }
}
