import type { Graph, GraphForm, Node } from './graph.js';

/** The graph with each node replaced by what `change` makes of it, or left out where that is undefined. */
export function mapNodes<F extends GraphForm>(graph: Graph<F>, change: (node: Node) => Node | undefined): Graph<F> {
  return { ...graph, nodes: graph.nodes.map(change).filter(node => node !== undefined) };
}

/**
 * Takes `removed` out of the graph: whoever read it reads `substitute` from now on. `replacement` stands in for the node
 * that already has the substitute's name, where that node changes too.
 */
export function bypass<F extends GraphForm>(
  graph: Graph<F>,
  removed: string,
  substitute: string,
  replacement?: Node,
): Graph<F> {
  const rename = (name: string) => (name === removed ? substitute : name);
  return {
    ...graph,
    output: rename(graph.output),
    nodes: graph.nodes
      .filter(node => node.name !== removed)
      .map(node => (replacement !== undefined && node.name === replacement.name ? replacement : node))
      .map(node => (node.inputs.includes(removed) ? { ...node, inputs: node.inputs.map(rename) } : node)),
  };
}

/** Weights are known: the graph came with its parameters. Passes that only move structure work either way. */
export function isBound(node: Node): boolean {
  return Object.keys(node.constants).length > 0;
}
