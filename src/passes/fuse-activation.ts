import { bypass } from '../ir/edit.js';
import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import { activationOf, takesIn, traits } from './float-epilogue.js';
import type { FloatPass } from './pass.js';

/**
 * Takes an activation that directly follows a linear op into it, and a clamp into an op that clamps: the requantisation then
 * does its work.
 * Needs: float graph. Keeps: every value. Breaks: names of the activations.
 */
export const fuseActivation: FloatPass = { name: 'fuse-activation', run: graph => graph.nodes.reduce(fuseOne, graph) };

function fuseOne(graph: FloatGraph, { name }: Node): FloatGraph {
  const index = new GraphIndex(graph);
  const node = index.has(name) ? index.node(name) : undefined;
  if (node === undefined || !traits(node).activation) return graph;
  const producer = index.node(node.inputs[0]);
  if (index.onlyReader(producer.name) !== node || !takesIn(producer, activationOf(node))) return graph;
  const attributes = { ...producer.attributes, activation: activationOf(node) };
  return bypass(graph, name, producer.name, {
    ...producer,
    attributes,
    constants: { ...producer.constants, ...node.constants },
  });
}
