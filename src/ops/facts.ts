import { type Graph, GraphIndex, type Node } from '../ir/graph.js';
import { opTable } from './index.js';

/** The node that stands for the caller's input. */
export function sourceOf(graph: Graph): Node {
  const source = graph.nodes.find(node => opTable.get(node.op)?.traits.source);
  if (source === undefined) throw new TypeError('a graph has an input');
  return source;
}

/** Multiply-accumulates of one layer. */
export function layerMacs(graph: Graph, node: Node): number {
  const shapes = new GraphIndex(graph).inputTypes(node).map(type => type.shape);
  return opTable.get(node.op)?.macs(node, shapes, node.type.shape) ?? 0;
}

export function countMacs(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + layerMacs(graph, node), 0);
}
