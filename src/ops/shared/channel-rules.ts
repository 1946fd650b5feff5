import { isBound } from '../../ir/edit.js';
import type { Attributes, Node } from '../../ir/graph.js';
import type { Constant, Shape, TensorData, ValueRange } from '../../ir/tensor.js';
import type { ChannelBundle, ChannelInput, ChannelRules } from '../channels.js';
import type { ChannelOrder } from '../op.js';

/** A constant with some parts of its first dimension. */
export function pickFirst({ dtype, shape, data }: Constant, kept: readonly number[]): Constant {
  const each = data.length / shape[0];
  const result = data.slice(0, kept.length * each);
  for (const [to, from] of kept.entries()) result.set(data.subarray(from * each, (from + 1) * each), to * each);
  return { dtype, shape: [kept.length, ...shape.slice(1)], data: result };
}

/** A constant with some elements of its last dimension. */
export function pickLast({ dtype, shape, data }: Constant, kept: readonly number[]): Constant {
  const channels = shape[shape.length - 1];
  const rows = data.length / channels;
  const result = data.slice(0, rows * kept.length);
  for (let row = 0; row < rows; row++) {
    for (const [to, from] of kept.entries()) result[row * kept.length + to] = data[row * channels + from];
  }
  return { dtype, shape: [...shape.slice(0, -1), kept.length], data: result };
}

/** The node with another number of channels. */
export function withChannels<A extends Attributes>(node: Node<A>, channels: number): Node<A> {
  return { ...node, type: { ...node.type, shape: { ...node.type.shape, channels } } };
}

/** All numbers below `count`. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Each channel is made of the channels with its number: of an input with one channel for all, of none. */
export function ownChannels(node: Node, inputs: readonly Shape[]): readonly ChannelBundle[] {
  const { channels } = node.type.shape;
  return upTo(channels).map(c => ({
    inputs: inputs.map(shape => (shape.channels === channels ? [c] : [])),
    outputs: [c],
  }));
}

/** Rules of an op that makes each channel of the same channel of its input, and holds nothing per channel. */
export function ownChannelRules<A extends Attributes>(
  range: (node: Node<A>, range: ValueRange, input: ChannelInput, channel: number) => ValueRange,
): ChannelRules<A> {
  return {
    ranges: (node, [input]) => input.ranges.map((each, c) => range(node, each, input, c)),
    bundles: ownChannels,
    select: (node, _inputs, { outputs }) => withChannels(node, outputs.length),
  };
}

/** What a table of 256 makes of a range, indexed by `x + 128`. */
export function lookedUp(table: ArrayLike<number>, { low, high }: ValueRange): ValueRange {
  let [least, most] = [127, -128];
  for (let x = low; x <= high; x++) {
    least = Math.min(least, table[x + 128]);
    most = Math.max(most, table[x + 128]);
  }
  return { low: least, high: most };
}

/** The smallest range that holds both. */
export function hull(a: ValueRange, b: ValueRange): ValueRange {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** A constant whose first dimension counts channels, with channel `i` being what was channel `order[i]`. */
export function reorderFirst(constant: Constant, order: ChannelOrder): Constant {
  const { data, shape } = constant;
  const each = data.length / shape[0];
  const result: TensorData = data.slice();
  for (const [to, from] of order.entries()) result.set(data.subarray(from * each, (from + 1) * each), to * each);
  return { ...constant, data: result };
}

/** The same for the last dimension: the input channels of weights in OHWI. */
export function reorderLast(constant: Constant, order: ChannelOrder): Constant {
  const { data } = constant;
  const result: TensorData = data.slice();
  for (const i of data.keys()) {
    const channel = i % order.length;
    result[i] = data[i - channel + order[channel]];
  }
  return { ...constant, data: result };
}

/** A linear op with its output channels in another order: whatever it holds, it holds per output channel. */
export function reorderLinear<N extends Node>(node: N, order: ChannelOrder): N {
  const constants = Object.entries(node.constants).map(([role, value]) => [role, reorderFirst(value, order)]);
  return { ...node, constants: Object.fromEntries(constants) };
}

/** A linear op whose every output reads all input channels, for inputs in another order. */
export function reorderWeights<N extends Node>(node: N, order: ChannelOrder): N {
  if (!isBound(node)) return node;
  return { ...node, constants: { ...node.constants, weight: reorderLast(node.constants.weight, order) } };
}
