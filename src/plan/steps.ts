import type { Graph, Node } from '../ir/graph.js';
import type { RowWindow } from '../ops/op.js';

/** A layer of the program: a node that makes rows, and how it reads them. */
export interface Layer {
  readonly node: Node;
  readonly window: RowWindow;
}

/** One unit of work: a layer makes one row of its output. */
export interface Step {
  /** Index into the layers. */
  readonly layer: number;
  readonly row: number;
}

/** Rows of its input that a layer reads to make `row`, clipped to the input: first and one past the last. */
export function rowsRead(window: RowWindow, row: number, inputHeight: number): readonly [number, number] {
  const first = row * window.stride - window.before;
  return [Math.max(first, 0), Math.min(first + window.rows, inputHeight)];
}

/** All rows of a layer, then the next layer. */
export function layerByLayer(layers: readonly Layer[]): Step[] {
  return layers.flatMap(({ node }, layer) =>
    Array.from({ length: node.type.shape.height }, (_, row) => ({ layer, row })),
  );
}

/** Height of a node's tensor. */
export function heightOf(graph: Graph, name: string): number {
  return graph.nodes.find(node => node.name === name)?.type.shape.height ?? 0;
}
