import { type Graph, GraphIndex, type Node } from '../ir/graph.js';
import { elementRange, type ValueRange } from '../ir/tensor.js';
import type { ChannelInput } from '../ops/channels.js';
import { opOf } from '../ops/index.js';

/** What each channel of each tensor can hold. */
export type Ranges = ReadonlyMap<string, readonly ValueRange[]>;

/** The ranges of an integer graph, from those of its input on: all that its type can hold. */
export function channelRanges(graph: Graph): Ranges {
  const index = new GraphIndex(graph);
  const ranges = new Map<string, readonly ValueRange[]>();
  for (const node of graph.nodes) {
    const rules = opOf(node).channels;
    const any = Array.from({ length: node.type.shape.channels }, () => elementRange(node.type));
    ranges.set(node.name, rules === undefined ? any : rules.ranges(node, channelInputs(node, index, ranges)));
  }
  return ranges;
}

/** The tensors that a node reads, with what is known of them. */
export function channelInputs(node: Node, index: GraphIndex, ranges: Ranges): ChannelInput[] {
  return node.inputs.map(name => ({ type: index.node(name).type, ranges: ranges.get(name) ?? [] }));
}
