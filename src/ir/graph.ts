import { InternalError } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { Constant, TensorType } from './tensor.js';

/** What attributes are made of: JSON, so that the text form can print and parse them without knowing the op. */
export type AttributeValue =
  | number
  | string
  | boolean
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/** An attribute that is undefined is not there. */
export type Attributes = { readonly [key: string]: AttributeValue | undefined };

/**
 * One operation and the one tensor that it makes. A node is named like its tensor; an op with several results is several
 * nodes (a split is one slice per part).
 */
export interface Node<A extends Attributes = Attributes> {
  /** Unique in the graph: `block1.pw`. */
  readonly name: string;
  /** The kind of op, a row of the op table. */
  readonly op: string;
  /** Names of the nodes whose tensors it reads. */
  readonly inputs: readonly string[];
  readonly attributes: A;
  /** Parameters by role (`weight`, `bias`, ...). Empty until weights are bound. */
  readonly constants: Readonly<Record<string, Constant>>;
  readonly type: TensorType;
  /** Where in model.ts the op was written; for a fused op, its leading part. */
  readonly span?: Span | undefined;
  /** Other names under which the weights file may know this op, as in `block1.pw.0`. */
  readonly aliases?: readonly string[] | undefined;
}

/**
 * The forms of a graph, in the order in which a network goes through them. `float`: as a model has it; weights are float32, or not bound
 * yet. `quantised`: the same nodes with the integers and scales of a quantised weights file. `integer`: lowered; every tensor has its
 * integer type, and every op the numbers that it computes with.
 */
export const graphForms = ['float', 'quantised', 'integer'] as const;
export type GraphForm = (typeof graphForms)[number];

/** A network as a list of nodes, each after the nodes that it reads. Immutable: a pass makes a new graph. */
export interface Graph<F extends GraphForm = GraphForm> {
  readonly form: F;
  /** A C identifier: the prefix of every external symbol of the generated code. */
  readonly name: string;
  readonly nodes: readonly Node[];
  /** Name of the node whose tensor is the result. */
  readonly output: string;
}

export type FloatGraph = Graph<'float'>;
export type QuantisedGraph = Graph<'quantised'>;
export type IntegerGraph = Graph<'integer'>;

/** Is a graph of this form? */
export const isForm = <F extends GraphForm>(graph: Graph, form: F): graph is Graph<F> => graph.form === form;

/** Name lookup and the readers of each tensor, derived from a graph once. */
export class GraphIndex {
  private readonly byName = new Map<string, Node>();
  private readonly readersOf = new Map<string, Node[]>();

  constructor(readonly graph: Graph) {
    for (const node of graph.nodes) {
      this.byName.set(node.name, node);
      this.readersOf.set(node.name, []);
    }
    for (const node of graph.nodes) {
      for (const input of new Set(node.inputs)) this.readersOf.get(input)?.push(node);
    }
  }

  node(name: string): Node {
    const found = this.byName.get(name);
    if (found === undefined) throw new InternalError(`graph ${this.graph.name} has no node '${name}'`);
    return found;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  readers(name: string): readonly Node[] {
    return this.readersOf.get(name) ?? [];
  }

  /** The node that reads `name`, when there is exactly one and the tensor is not the result of the graph. */
  onlyReader(name: string): Node | undefined {
    const readers = this.readers(name);
    return readers.length === 1 && name !== this.graph.output ? readers[0] : undefined;
  }

  inputTypes(node: Node): readonly TensorType[] {
    return node.inputs.map(name => this.node(name).type);
  }
}
