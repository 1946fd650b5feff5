import { bypass } from '../ir/edit.js';
import { GraphIndex, type IntegerGraph, type Node } from '../ir/graph.js';
import { opOf } from '../ops/index.js';
import type { ChannelOrder } from '../ops/op.js';
import type { IntegerPass } from './pass.js';

/**
 * Takes channel shuffles out: what is before one makes its channels in the shuffled order, or else all that is after
 * it reads them unshuffled. Weights and all that goes with a channel move along, so that nothing is left to do at run time.
 * Needs: integer graph (cases of its test use float graphs, which are shorter). Keeps: every value of what is left, but for the order of channels between the layers that
 * change. Breaks: names of the shuffles.
 */
export const foldShuffle: IntegerPass = {
  name: 'fold-shuffle',
  run(graph) {
    // One that is gone may let another one go.
    for (let current = graph; ; ) {
      const next = foldFirst(current);
      if (next === undefined) return current;
      current = next;
    }
  },
};

function foldFirst(graph: IntegerGraph): IntegerGraph | undefined {
  const index = new GraphIndex(graph);
  for (const node of graph.nodes) {
    const order = opOf(node).channelOrder?.(node);
    const changed = order && (changedProducers(node, order, index) ?? changedReaders(node, inverse(order), index));
    if (changed !== undefined) return bypass(replaced(graph, changed), node.name, node.inputs[0]);
  }
  return undefined;
}

/** The nodes before `shuffle` that have to change for it to go: up to the first that can choose its order. */
function changedProducers(shuffle: Node, order: ChannelOrder, index: GraphIndex): readonly Node[] | undefined {
  const changed: Node[] = [];
  for (let reader = shuffle; ; ) {
    const producer = index.node(reader.inputs[0]);
    if (index.onlyReader(producer.name) !== reader || reader.inputs.length > 1) return undefined;
    const reordered = opOf(producer).reorderOutputs?.(producer, order);
    if (reordered === undefined) return undefined;
    changed.push(reordered.node);
    if (!reordered.inputs) return changed;
    reader = producer;
  }
}

/** The nodes after `node` that have to change where its channels come in another order: along each way, up to a weighted sum. */
function changedReaders(node: Node, order: ChannelOrder, index: GraphIndex): readonly Node[] | undefined {
  const readers = index.readers(node.name);
  if (node.name === index.graph.output || readers.length === 0) return undefined;
  const changed: Node[] = [];
  for (const reader of readers) {
    if (reader.inputs.length > 1) return undefined;
    const op = opOf(reader);
    const end = op?.reorderInputs?.(reader, order);
    const through = end === undefined ? op?.reorderOutputs?.(reader, order) : undefined;
    const following = through?.inputs === true ? changedReaders(reader, order, index) : undefined;
    if (end !== undefined) changed.push(end);
    else if (through !== undefined && following !== undefined) changed.push(through.node, ...following);
    else return undefined;
  }
  return changed;
}

function inverse(order: ChannelOrder): ChannelOrder {
  const result = order.map(() => 0);
  for (const [to, from] of order.entries()) result[from] = to;
  return result;
}

function replaced(graph: IntegerGraph, changed: readonly Node[]): IntegerGraph {
  const byName = new Map(changed.map(node => [node.name, node]));
  return { ...graph, nodes: graph.nodes.map(node => byName.get(node.name) ?? node) };
}
