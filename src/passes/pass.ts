import type { Graph, GraphForm } from '../ir/graph.js';

/** A function from graph to graph of one form, with a name: a row of a list in index.ts. */
export interface Pass<F extends GraphForm> {
  readonly name: string;
  /** What it does depends on values of weights: without them it leaves a graph as it is. */
  readonly needsWeights?: true;
  run(graph: Graph<F>): Graph<F>;
}

/** A pass on the float graph. It works with or without bound weights. */
export type FloatPass = Pass<'float'>;

/** A pass on the integer graph. */
export type IntegerPass = Pass<'integer'>;
