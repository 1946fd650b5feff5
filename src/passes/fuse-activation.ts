import { bypass } from '../ir/edit.js';
import { type Graph, GraphIndex, type Node } from '../ir/graph.js';
import { activationOf, exclusiveLinear, traits } from './float-epilogue.js';
import type { Pass } from './pass.js';

/**
 * Takes an activation that directly follows a linear op into it: the requantisation then does its work.
 * Needs: float graph. Keeps: every value. Breaks: names of the activations.
 */
export const fuseActivation: Pass = { name: 'fuse-activation', run: graph => graph.nodes.reduce(fuseOne, graph) };

function fuseOne(graph: Graph, { name }: Node): Graph {
  const index = new GraphIndex(graph);
  const node = index.has(name) ? index.node(name) : undefined;
  if (node === undefined || !traits(node).activation) return graph;
  const linear = exclusiveLinear(index, node);
  if (linear === undefined || linear.attributes.activation.kind !== 'identity' || linear.attributes.affine)
    return graph;
  const attributes = { ...linear.attributes, activation: activationOf(node) };
  return bypass(graph, name, linear.name, {
    ...linear,
    attributes,
    constants: { ...linear.constants, ...node.constants },
  });
}
