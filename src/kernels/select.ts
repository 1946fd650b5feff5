import { InternalError } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex, type Node } from '../ir/graph.js';
import { opTable } from '../ops/index.js';
import type { IsaFeature, KernelPlan, KernelVariant } from '../ops/kernel.js';

/** The first variant of an op whose needs the target meets; `generic` needs nothing. */
export function selectVariant(node: Node, isa: readonly IsaFeature[]): KernelVariant {
  const variant = opTable.get(node.op)?.kernels.find(v => v.needs.every(feature => isa.includes(feature)));
  if (variant === undefined) throw new InternalError(`${node.op} has no kernel`);
  return variant;
}

/** The kernel plan of every layer, by node name. */
export function planKernels(graph: Graph, isa: readonly IsaFeature[]): ReadonlyMap<string, KernelPlan> {
  const index = new GraphIndex(graph);
  const layers = graph.nodes.filter(node => opTable.get(node.op)?.traits.source !== true);
  return new Map(layers.map(node => [node.name, selectVariant(node, isa).plan(node, index.inputTypes(node))]));
}
