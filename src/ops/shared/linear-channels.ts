import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import type { Constant, ValueRange } from '../../ir/tensor.js';
import { type ChannelInput, knownValue } from '../channels.js';
import { hull, pickFirst, pickLast } from './channel-rules.js';
import { integerEpilogue } from './linear.js';
import type { LinearAttributes } from './linear-attributes.js';

/** What linear ops have in common when channels are left out: conv, depthwiseConv and dense. */

/** The input channel that weight `i` of output channel `o` is multiplied with. */
type ChannelOf = (o: number, i: number) => number;

const zeroPointOf = ({ type }: ChannelInput): number => type.quantisation?.zeroPoint ?? 0;

/** Of a window; none for an op that reads its whole input. */
export const isPadded = ({ padding }: { readonly padding: readonly number[] }): boolean => padding.some(p => p > 0);

/**
 * What the output channels can hold, from what the input channels can. Where there is padding, a tap may read the zero point
 * instead.
 */
export function linearRanges(
  node: Node<LinearAttributes>,
  input: ChannelInput,
  channelOf: ChannelOf,
  padded: boolean,
): readonly ValueRange[] {
  const { weight, bias } = node.constants;
  const zeroPoint = zeroPointOf(input);
  const inside = input.ranges.map(range => (padded ? hull(range, { low: zeroPoint, high: zeroPoint }) : range));
  const perChannel = weight.data.length / bias.data.length;
  const finish = integerEpilogue(node);
  return Array.from(bias.data, (b, o) => {
    let [low, high] = [b, b];
    for (let i = 0; i < perChannel; i++) {
      const w = weight.data[o * perChannel + i];
      if (w === 0) continue;
      const range = inside[channelOf(o, i)];
      low += w * ((w > 0 ? range.low : range.high) - zeroPoint);
      high += w * ((w > 0 ? range.high : range.low) - zeroPoint);
    }
    return requantised(acc => finish(acc, o), { low, high });
  });
}

/** Requantising goes one way on each side of zero, up or down, whatever the rounding rule: the ends of both sides are its extremes. */
function requantised(finish: (accumulator: number) => number, { low, high }: ValueRange): ValueRange {
  const ends = low < 0 && high >= 0 ? [low, -1, 0, high] : [low, high];
  const values = ends.map(finish);
  return { low: Math.min(...values), high: Math.max(...values) };
}

/**
 * For each input channel of an op whose every output reads all of them: are its weights zero in all of `outputs`, or is its value
 * known, so that it can be added to the bias? Padding reads as the zero point, which a bias cannot tell from any other value.
 */
export function sparedInputs(
  { constants: { weight, bias } }: Node,
  input: ChannelInput,
  outputs: readonly number[],
  padded: boolean,
): readonly boolean[] {
  // A bias that is int64 stays as the file has it.
  if (bias.dtype !== 'i32') return input.ranges.map(() => false);
  const channels = input.ranges.length;
  const perOutput = weight.data.length / weight.shape[0];
  const spared = input.ranges.map(range => {
    const value = knownValue(range);
    return value !== undefined && (!padded || value === zeroPointOf(input));
  });
  const read = new Uint8Array(channels);
  for (const o of outputs) {
    for (let i = 0; i < perOutput; i++) if (weight.data[o * perOutput + i] !== 0) read[i % channels] = 1;
  }
  return spared.map((known, c) => known || read[c] === 0);
}

/** A linear op with some of its output channels: whatever it holds, it holds per output channel. */
export function pickOutputs<N extends Node>(node: N, outputs: readonly number[]): N {
  const constants = Object.entries(node.constants).map(([role, value]) => [role, pickFirst(value, outputs)]);
  return { ...node, constants: Object.fromEntries(constants) };
}

/**
 * An op whose every output reads all input channels, with some of these: what the others hold is added to the bias. No accumulator
 * grows, since the range of each is a part of what it was.
 */
export function pickInputs<N extends Node>(node: N, input: ChannelInput, kept: readonly number[]): N {
  const { weight, bias } = node.constants;
  const stays = new Set(kept);
  const known = input.ranges.map((range, c) => (stays.has(c) ? undefined : knownValue(range)));
  return {
    ...node,
    constants: {
      ...node.constants,
      weight: pickLast(weight, kept),
      bias: withKnown(weight, bias, known, zeroPointOf(input)),
    },
  };
}

/** The bias with `w * (x - zeroPoint)` of all weights whose channel has a known value. */
function withKnown(
  weight: Constant,
  bias: Constant,
  known: readonly (number | undefined)[],
  zeroPoint: number,
): Constant {
  const perOutput = weight.data.length / bias.data.length;
  const data = Int32Array.from(bias.data, (b, o) => {
    let sum = b;
    for (let i = 0; i < perOutput; i++) {
      const value = known[i % known.length];
      if (value !== undefined) sum += weight.data[o * perOutput + i] * (value - zeroPoint);
    }
    invariant(Math.abs(sum) < 2 ** 31, 'a bias with known values is a value of its accumulator');
    return sum;
  });
  return { ...bias, data };
}
