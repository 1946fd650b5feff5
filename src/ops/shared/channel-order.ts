import { isBound } from '../../ir/edit.js';
import type { Node } from '../../ir/graph.js';
import type { Constant, TensorData } from '../../ir/tensor.js';
import type { ChannelOrder } from '../op.js';

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
