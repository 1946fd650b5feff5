import { fail } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { type Graph, GraphIndex, type Node } from '../ir/graph.js';
import { opOf } from './index.js';

/** The node that stands for the caller's input. */
export function sourceOf(graph: Graph): Node {
  const source = graph.nodes.find(node => opOf(node).traits.source);
  if (source === undefined) throw new TypeError('a graph has an input');
  return source;
}

/**
 * Holds a network against what every network must have: its result is not its input. To be asked when nodes that the result does not
 * need, and those that change nothing, are gone.
 * @param place what the network is called and where it was written
 * @throws CompileError E0117
 */
export function requireLayer(graph: Graph, place: { readonly called: string; readonly span?: Span | undefined }): void {
  if (graph.output !== sourceOf(graph).name) return;
  fail('E0117', `${place.called} does nothing to its input, so there is nothing to compute`, {
    span: place.span,
    hint: 'add a layer that computes something',
  });
}

/** Multiply-accumulates of one layer. */
export function layerMacs(graph: Graph, node: Node): number {
  const shapes = new GraphIndex(graph).inputTypes(node).map(type => type.shape);
  return opOf(node).macs(node, shapes, node.type.shape) ?? 0;
}

/** A layer of which less is left than there was. */
export interface ReducedLayer {
  readonly name: string;
  readonly channels: Change;
  readonly macs: Change;
  /** Elements. */
  readonly weights: Change;
}

export interface Change {
  readonly before: number;
  readonly after: number;
}

/** The layers that differ between a graph and what passes have left of it, node by node. */
export function reducedLayers(whole: Graph, graph: Graph): ReducedLayer[] {
  const index = new GraphIndex(graph);
  const changed = ({ before, after }: Change) => before !== after;
  return whole.nodes.flatMap((before): ReducedLayer[] => {
    if (!index.has(before.name)) return [];
    const after = index.node(before.name);
    const weights = ({ constants: { weight } }: Node) => weight?.data.length ?? 0;
    const layer: ReducedLayer = {
      name: before.name,
      channels: { before: before.type.shape.channels, after: after.type.shape.channels },
      macs: { before: layerMacs(whole, before), after: layerMacs(graph, after) },
      weights: { before: weights(before), after: weights(after) },
    };
    return [layer.channels, layer.macs, layer.weights].some(changed) ? [layer] : [];
  });
}

export function countMacs(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + layerMacs(graph, node), 0);
}
