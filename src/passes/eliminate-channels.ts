import { mapNodes } from '../ir/edit.js';
import { GraphIndex, type IntegerGraph, type Node } from '../ir/graph.js';
import { opOf } from '../ops/index.js';
import { boundAccumulators } from './bound-accumulators.js';
import { ChannelClasses, channelInputs, channelRanges, type Ranges } from './channel-classes.js';
import { foldZeroPoints } from './fold-zero-points.js';
import type { IntegerPass } from './pass.js';

/** The pass below with its default. */
export const eliminateChannels = eliminateChannelsBy(1);

/**
 * Leaves out channels whose value is known, which go into the biases of what reads them, and channels that nobody needs.
 * Needs: integer graph with weights; leaves any other as it is. Keeps: every byte of the result, and of every channel that stays.
 * Breaks: the numbers of channels between input and result.
 *
 * Kernels take several channels at a time. A tensor with a multiple of `grain` channels, a power of two, keeps a
 * multiple of it. Any other keeps a multiple of the largest power of two that divides its number of channels.
 */
export function eliminateChannelsBy(grain: number): IntegerPass {
  return {
    name: 'eliminate-channels',
    needsWeights: true,
    run(graph) {
      if (!graph.nodes.every(isInteger)) return graph;
      // A channel that had to stay for the grain may go for another one's sake.
      for (let current = graph; ; ) {
        const next = eliminated(current, grain);
        if (next === undefined) return current === graph ? graph : boundAnew(current);
        current = next;
      }
    },
  };
}

/** What `bound-accumulators` and `fold-zero-points` have found, of the channels that are left: fewer inputs make smaller accumulators. */
function boundAnew(graph: IntegerGraph): IntegerGraph {
  const known = graph.nodes.some(({ constants }) => 'foldedBias' in constants);
  return known ? foldZeroPoints.run(boundAccumulators.run(graph)) : graph;
}

function isInteger({ op, type, constants }: Node): boolean {
  const bound = opOf({ op }).traits.linear !== true || 'multiplier' in constants;
  return bound && (type.dtype === 'i8' || opOf({ op }).traits.integerResult === true);
}

function eliminated(graph: IntegerGraph, grain: number): IntegerGraph | undefined {
  const index = new GraphIndex(graph);
  const ranges = channelRanges(graph);
  const classes = new ChannelClasses(graph);
  const gone = wellRounded(graph, classes, index, ranges, grain);
  if (gone.size === 0) return undefined;
  const kept = (name: string) => stayingOf(index.node(name), classes, gone);
  return mapNodes(graph, node => {
    const rules = opOf(node).channels;
    const names = [node.name, ...node.inputs];
    if (rules === undefined || names.every(name => kept(name).length === index.node(name).type.shape.channels))
      return node;
    return rules.select(node, channelInputs(node, index, ranges), {
      inputs: node.inputs.map(kept),
      outputs: kept(node.name),
    });
  });
}

/** The channels of a tensor whose class has not gone. */
function stayingOf({ name, type }: Node, classes: ChannelClasses, gone: ReadonlySet<number>): number[] {
  return Array.from({ length: type.shape.channels }, (_, c) => c).filter(c => !gone.has(classes.of(name, c)));
}

/** The classes that go: all that can, but for those that have to stay for the number of channels of some tensor. */
function wellRounded(
  graph: IntegerGraph,
  classes: ChannelClasses,
  index: GraphIndex,
  ranges: Ranges,
  grain: number,
): ReadonlySet<number> {
  const pinned = new Set<number>();
  for (;;) {
    const gone = unneeded(graph, classes, index, ranges, pinned);
    const pins = graph.nodes.flatMap(node => missingOf(node, classes, gone, grain)).slice(0, 1);
    if (pins.length === 0) return gone;
    for (const of of pins.flat()) pinned.add(of);
  }
}

/** The classes that have to come back for a tensor to have a fitting number of channels, the first ones: one list, or none. */
function missingOf(node: Node, classes: ChannelClasses, gone: ReadonlySet<number>, most: number): readonly number[][] {
  const { channels } = node.type.shape;
  const staying = stayingOf(node, classes, gone).length;
  // The largest power of two that it is a multiple of.
  const grain = Math.min(most, channels & -channels);
  const wanted = Math.max(1, Math.ceil(staying / grain)) * grain;
  if (staying === channels || staying === wanted) return [];
  const lost = Array.from({ length: channels }, (_, c) => classes.of(node.name, c)).filter(of => gone.has(of));
  return [lost.slice(0, wanted - staying)];
}

/** The largest set of classes that can go at once, without those that are pinned: each reader of theirs does without them. */
function unneeded(
  graph: IntegerGraph,
  classes: ChannelClasses,
  index: GraphIndex,
  ranges: Ranges,
  pinned: ReadonlySet<number>,
): ReadonlySet<number> {
  let gone: ReadonlySet<number> = new Set();
  for (;;) {
    const needed = new Set(pinned);
    for (const node of graph.nodes) for (const of of neededBy(node, classes, index, ranges, gone)) needed.add(of);
    const next = new Set<number>();
    for (const { name, type } of graph.nodes) {
      for (let c = 0; c < type.shape.channels; c++) {
        const of = classes.of(name, c);
        if (!classes.isFixed(of) && !needed.has(of)) next.add(of);
      }
    }
    if (next.size === gone.size) return gone;
    gone = next;
  }
}

/** The classes of input channels that a node reads for those of its outputs that stay. */
function neededBy(
  node: Node,
  classes: ChannelClasses,
  index: GraphIndex,
  ranges: Ranges,
  gone: ReadonlySet<number>,
): number[] {
  const spared = opOf(node).channels?.spared;
  const spares = spared?.(node, channelInputs(node, index, ranges), stayingOf(node, classes, gone));
  if (spares === undefined) return [];
  return node.inputs.flatMap((name, k) =>
    [...classes.looseOf(node, k)].filter(c => !spares[k][c]).map(c => classes.of(name, c)),
  );
}
