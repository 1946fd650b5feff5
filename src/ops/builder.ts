import { fail } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { Attributes, FloatGraph, Node } from '../ir/graph.js';
import type { OpDefinition } from './op.js';

export interface NodeRequest {
  readonly op: OpDefinition;
  /** The user's name; left out, one is made from the kind of op (`conv`, `conv_2`). */
  readonly name?: string | undefined;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes;
  readonly span?: Span | undefined;
  readonly aliases?: readonly string[] | undefined;
}

/** Builds a float graph node by node, as a model description calls its ops. */
export class GraphBuilder {
  private readonly nodes: Node[] = [];
  private readonly names = new Map<string, Node>();
  /** Nodes whose result is an index, not values of a scale. */
  private readonly indices = new Set<Node>();

  /** @throws CompileError when the name is taken, an input is an index, or the shapes do not fit. */
  add(request: NodeRequest): Node {
    const name = request.name ?? this.freshName(request.op.kind);
    const taken = this.names.get(name);
    if (taken !== undefined) {
      fail('E0203', `the name '${name}' is used twice`, {
        span: request.span,
        notes: [{ message: `first used here, by ${taken.op}`, span: taken.span }],
        hint: 'give each op a name of its own: parameters and C symbols are named after it',
      });
    }
    const { op, attributes, span } = request;
    for (const input of request.inputs) this.requireValues(input, request);
    const shape = op.inferShape(
      { name, attributes, span, producers: request.inputs },
      request.inputs.map(node => node.type.shape),
    );
    const node: Node = {
      name,
      op: op.kind,
      inputs: request.inputs.map(input => input.name),
      attributes,
      constants: {},
      type: { dtype: 'f32', shape },
      span,
      aliases: request.aliases,
    };
    this.nodes.push(node);
    this.names.set(name, node);
    if (op.traits.integerResult) this.indices.add(node);
    return node;
  }

  private requireValues(input: Node, { op, span }: NodeRequest): void {
    if (!this.indices.has(input)) return;
    fail('E0208', `${op.kind} cannot read '${input.name}', whose result is an index`, {
      span,
      notes: [{ message: `${input.op} is called here`, span: input.span }],
      hint: `return the result of ${input.op} from the model; what is to be computed goes before it`,
    });
  }

  /** The finished graph, with `output` as its result. Nodes that nobody reads stay; a pass drops them. */
  finish(name: string, output: Node): FloatGraph {
    return { form: 'float', name, nodes: [...this.nodes], output: output.name };
  }

  private freshName(kind: string): string {
    if (!this.names.has(kind)) return kind;
    for (let i = 2; ; i++) {
      const name = `${kind}_${i}`;
      if (!this.names.has(name)) return name;
    }
  }
}
