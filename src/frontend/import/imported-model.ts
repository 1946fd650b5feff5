import type { Attributes, Graph, GraphForm } from '../../ir/graph.js';
import type { Activation } from '../../ops/shared/activation.js';
import type { QuantisedModel } from '../../quantize/quantise.js';

/** How model.ts would write a node: what was imported can be written down as one. */
export interface Call {
  readonly options: Attributes;
  /** After the op, and fused into it. */
  readonly activation: Activation;
}

/** Nodes that a block of the vocabulary makes. */
export interface RecognisedBlock {
  readonly kind: string;
  readonly name: string;
  /** As model.ts has them, without `name`. */
  readonly options: Attributes;
  /** Names of its nodes, in order; the last one is its result. */
  readonly nodes: readonly string[];
}

/** How an imported network can be written down as a model.ts. */
export interface ImportedGraph<F extends GraphForm> {
  readonly graph: Graph<F>;
  /** By node: how model.ts would write it. */
  readonly calls: ReadonlyMap<string, Call>;
  readonly blocks: readonly RecognisedBlock[];
}

/** A float model from a file of another framework. */
export type ImportedFloatModel = ImportedGraph<'float'>;

/** A quantised model from a file of another framework. */
export interface ImportedModel extends QuantisedModel, Omit<ImportedGraph<'quantised'>, 'graph'> {}

/** Is it a quantised one? */
export const isQuantised = (model: ImportedFloatModel | ImportedModel): model is ImportedModel =>
  model.graph.form === 'quantised';
