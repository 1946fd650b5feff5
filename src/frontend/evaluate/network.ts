import type { ts } from 'ts-morph';
import type { Session } from '../../diagnostics/session.js';
import type { FloatGraph, Node } from '../../ir/graph.js';
import { GraphBuilder, type NodeRequest } from '../../ops/builder.js';
import { limits } from './budget.js';
import { type Context, failAt } from './context.js';

/** The network that is being built while the function of a model is evaluated. */
export class Network {
  private readonly builder = new GraphBuilder();
  private readonly nodes: Node[] = [];
  private source: Node | undefined;

  constructor(private readonly context: Context) {}

  /** @throws CompileError E0107, E0114, E0203 and what the op says about its shapes */
  add(request: Omit<NodeRequest, 'span'>, site: ts.Node): Node {
    if (this.nodes.length >= limits.ops) {
      failAt(this.context, site, 'E0107', `the model has more than ${limits.ops} ops`, {
        hint: 'look for a loop that runs too often',
      });
    }
    const isSource = request.op.traits.source === true;
    if (isSource && this.source !== undefined) {
      failAt(this.context, site, 'E0114', 'a model has one input, and this is a second one', {
        notes: [{ message: 'the first one is here', span: this.source.span }],
      });
    }
    const node = this.builder.add({ ...request, span: this.context.sources.span(site) });
    this.nodes.push(node);
    if (isSource) this.source = node;
    return node;
  }

  /** The graph with `output` as its result. Warns (E0115) about tensors that the result does not need. */
  finish(name: string, output: Node, site: ts.Node, session: Session): FloatGraph {
    if (output === this.source) {
      failAt(this.context, site, 'E0117', `model '${name}' returns its input, so there is nothing to compute`, {
        hint: 'return the tensor of the last layer',
      });
    }
    this.warnUnused(output, session);
    return this.builder.finish(name, output);
  }

  private warnUnused(output: Node, session: Session): void {
    const needed = new Set([output.name]);
    // Nodes stand after those that they read.
    for (const node of [...this.nodes].reverse()) {
      if (needed.has(node.name)) for (const input of node.inputs) needed.add(input);
    }
    const read = new Set(this.nodes.flatMap(node => node.inputs));
    for (const node of this.nodes) {
      // What only unused ops read is not worth a warning of its own.
      if (needed.has(node.name) || read.has(node.name)) continue;
      session.warning('E0115', `the result of '${node.name}' is computed but never used`, {
        span: node.span,
        hint: 'leave the call out, or use its result: `x = ...`',
      });
    }
  }
}
