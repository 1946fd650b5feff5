import { GraphIndex, type IntegerGraph, type Node } from '../ir/graph.js';
import { elementRange, type ValueRange } from '../ir/tensor.js';
import type { ChannelInput } from '../ops/channels.js';
import { opOf } from '../ops/index.js';

/** What each channel of each tensor can hold. */
export type Ranges = ReadonlyMap<string, readonly ValueRange[]>;

/** The ranges of an integer graph, from those of its input on: all that its type can hold. */
export function channelRanges(graph: IntegerGraph): Ranges {
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

/**
 * The channels of all tensors of a graph, those that can only go together being one class. A class is fixed when it cannot go at
 * all: channels of the graph's input and result, and what ops without rules read or make.
 */
export class ChannelClasses {
  private readonly first = new Map<string, number>();
  private readonly parents: number[] = [];
  private readonly fixedRoots = new Set<number>();
  /** By node and input: the channels that are in no bundle, so that the op's `spared` decides. */
  private readonly loose = new Map<Node, readonly ReadonlySet<number>[]>();

  constructor(readonly graph: IntegerGraph) {
    const index = new GraphIndex(graph);
    for (const { name, type } of graph.nodes) {
      this.first.set(name, this.parents.length);
      for (let c = 0; c < type.shape.channels; c++) this.parents.push(this.parents.length);
    }
    const fixed: number[] = [];
    for (const node of graph.nodes) fixed.push(...this.tie(node, index));
    fixed.push(...this.idsOf(index.node(graph.output)));
    for (const id of fixed) this.fixedRoots.add(this.root(id));
  }

  /** The class of a channel. */
  of(tensor: string, channel: number): number {
    return this.root((this.first.get(tensor) ?? 0) + channel);
  }

  isFixed(of: number): boolean {
    return this.fixedRoots.has(of);
  }

  /** The channels of an input that a node may do without, as far as bundles tell. */
  looseOf(node: Node, input: number): ReadonlySet<number> {
    return this.loose.get(node)?.[input] ?? new Set();
  }

  /** Joins the bundles of a node. @returns what can never go */
  private tie(node: Node, index: GraphIndex): number[] {
    const rules = opOf(node).channels;
    const inputs = node.inputs.map(name => index.node(name));
    if (rules === undefined) return [...this.idsOf(node), ...inputs.flatMap(input => this.idsOf(input))];
    const bundles = rules.bundles(
      node,
      inputs.map(({ type }) => type.shape),
    );
    const made = new Set(this.idsOf(node));
    const read = inputs.map(input => new Set(this.idsOf(input)));
    for (const bundle of bundles) {
      const outputs = bundle.outputs.map(c => this.id(node, c));
      const members = bundle.inputs.map((channels, k) => channels.map(c => this.id(inputs[k], c)));
      for (const id of outputs) made.delete(id);
      for (const [k, ids] of members.entries()) for (const id of ids) read[k].delete(id);
      this.join([...outputs, ...members.flat()]);
    }
    if (rules.spared === undefined) return [...made, ...read.flatMap(ids => [...ids])];
    this.loose.set(
      node,
      read.map((ids, k) => new Set([...ids].map(id => id - this.id(inputs[k], 0)))),
    );
    return [...made];
  }

  private id({ name }: Node, channel: number): number {
    return (this.first.get(name) ?? 0) + channel;
  }

  private idsOf(node: Node): number[] {
    return Array.from({ length: node.type.shape.channels }, (_, c) => this.id(node, c));
  }

  private join([head, ...others]: readonly number[]): void {
    for (const id of others) this.parents[this.root(id)] = this.root(head);
  }

  private root(id: number): number {
    let at = id;
    while (this.parents[at] !== at) {
      this.parents[at] = this.parents[this.parents[at]];
      at = this.parents[at];
    }
    return at;
  }
}
