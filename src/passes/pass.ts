import type { Graph } from '../ir/graph.js';

/** A function from graph to graph with a name, a row of the pipeline's list. It works with or without bound weights. */
export interface Pass {
  readonly name: string;
  /** What it does depends on values of weights: without them it leaves a graph as it is. */
  readonly needsWeights?: true;
  run(graph: Graph): Graph;
}
