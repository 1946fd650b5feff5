import { fail, invariant } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { Attributes, Node } from '../../ir/graph.js';
import { type Constant, elementCount, type Quantisation, type Shape } from '../../ir/tensor.js';
import type { Rounding } from '../../numeric/requantise.js';
import { opOf } from '../../ops/index.js';
import type { Activation } from '../../ops/shared/activation.js';
import type { Call, ImportedFloatModel, ImportedModel } from './imported-model.js';
import { recogniseBlocks } from './recognise.js';

export interface NodeSpec {
  readonly kind: string;
  readonly name: string;
  readonly inputs: readonly Node[];
  /** Options as model.ts has them. */
  readonly options?: Attributes;
  /** A clamp that the op does itself. */
  readonly activation?: Activation;
  readonly constants?: Readonly<Record<string, Constant>>;
  /** Scale and zero point of the result; the first input's for ops that keep them. */
  readonly quantisation?: Quantisation;
  readonly span: Span;
}

/** More ops than any network for a microcontroller has, and few enough for every pass and the planner. */
const mostNodes = 4096;

const mostElements = 2 ** 26;

/**
 * Builds a graph from an imported file, in the form in which a model.ts of the same layers is when it was fused.
 * {@link FloatBuilder} and {@link QuantisedBuilder} say of which form.
 */
export abstract class ImportBuilder {
  private readonly nodes: Node[] = [];
  protected readonly activations = new Map<string, Quantisation>();
  protected readonly calls = new Map<string, Call>();

  /** @param elements how many constants may be made that are no views of the file; many layers may share its bytes */
  constructor(private elements: number) {}

  /** Counts elements of a constant that is about to be made. @throws CompileError E0121 when there are far too many */
  claim(count: number, span: Span): void {
    this.elements -= count;
    if (this.elements >= 0) return;
    fail('E0121', 'the constants of the network are far larger than its file', { span });
  }

  /** @throws CompileError at the place of the operator, when the op does not take such options, inputs or sizes */
  add(spec: NodeSpec): Node {
    const node = this.make(spec);
    if (this.nodes.length >= mostNodes) {
      fail('E0122', `the network has more than ${mostNodes} layers`, { span: spec.span });
    }
    this.nodes.push(node);
    const quantisation = this.quantisationFor(spec);
    if (quantisation !== undefined && opOf({ op: spec.kind }).traits.integerResult !== true)
      this.activations.set(node.name, quantisation);
    this.calls.set(node.name, { options: spec.options ?? {}, activation: spec.activation ?? { kind: 'identity' } });
    return node;
  }

  /** Scale and zero point of a node that was added. */
  quantisationOf({ name }: Node): Quantisation {
    const found = this.activations.get(name);
    invariant(found !== undefined, `${name} has a scale`);
    return found;
  }

  /** The node of {@link add} without adding it: it stands for the result of an operator that was refused. */
  make({ kind, name, inputs, options = {}, activation, constants = {}, span }: NodeSpec): Node {
    const op = opOf({ op: kind });
    invariant(op.vocabulary !== undefined, `${kind} can be written in a model`);
    const parsed = op.vocabulary.options.safeParse(options);
    if (!parsed.success) {
      const problems = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
      fail('E0122', `'${name}' has options that cannot be imported`, { span, notes: problems });
    }
    const plain = op.vocabulary.attributes(
      parsed.data,
      inputs.map(input => input.type),
    );
    const attributes = activation === undefined ? plain : { ...plain, activation };
    const shapes = inputs.map(input => input.type.shape);
    const shape = op.inferShape({ name, attributes, span, producers: inputs }, shapes);
    requireSize(shape, name, span);
    const names = inputs.map(input => input.name);
    return { name, op: kind, inputs: names, attributes, constants, type: { dtype: 'f32', shape }, span };
  }

  /**
   * A tensor in place of one that a refused operator makes, so that those after it are looked at, too. A model with one is
   * never finished.
   */
  standIn(name: string, shape: Shape, quantisation: Quantisation = { scale: 1, zeroPoint: 0 }): Node {
    this.activations.set(name, quantisation);
    return { name, op: 'input', inputs: [], attributes: {}, constants: {}, type: { dtype: 'f32', shape } };
  }

  /** The source, once more and with another shape, while nothing reads it. */
  reshapeSource(source: Node, shape: Shape): Node | undefined {
    if (this.nodes.length !== 1 || this.nodes[0] !== source) return undefined;
    const changed = { ...source, attributes: { ...source.attributes, ...shape }, type: { ...source.type, shape } };
    this.nodes[0] = changed;
    const call = this.calls.get(source.name);
    if (call !== undefined) this.calls.set(source.name, { ...call, options: { ...call.options, ...shape } });
    return changed;
  }

  get size(): number {
    return this.nodes.length;
  }

  /** Scale and zero point of the result of a node that is about to be added; nothing in a float graph. */
  protected abstract quantisationFor(spec: NodeSpec): Quantisation | undefined;

  /** The nodes that the result needs, and the source. */
  protected neededBy(output: Node): readonly Node[] {
    const needed = new Set([output.name]);
    for (const node of [...this.nodes].reverse()) {
      if (needed.has(node.name)) for (const input of node.inputs) needed.add(input);
    }
    return this.nodes.filter(node => needed.has(node.name) || opOf(node).traits.source === true);
  }
}

/** Builds a float graph: float32 constants, no scales. */
export class FloatBuilder extends ImportBuilder {
  protected override quantisationFor(): undefined {
    return undefined;
  }

  /** The model; what its result does not need is left out, and blocks are recognised. */
  finish(name: string, output: Node): ImportedFloatModel {
    const nodes = this.neededBy(output);
    return recogniseBlocks({
      graph: { form: 'float', name, nodes, output: output.name },
      calls: this.calls,
      blocks: [],
    });
  }
}

/** Builds a quantised graph: constants are the integers and scales of the file. */
export class QuantisedBuilder extends ImportBuilder {
  protected override quantisationFor({ name, quantisation, inputs }: NodeSpec): Quantisation {
    const found = quantisation ?? inputs.map(input => this.activations.get(input.name))[0];
    invariant(found !== undefined, `${name} has no quantisation`);
    return found;
  }

  /** As {@link FloatBuilder.finish}, with the scales of all tensors. */
  finish(name: string, output: Node, rounding: Rounding): ImportedModel {
    const nodes = this.neededBy(output);
    const names = new Set(nodes.map(node => node.name));
    const { graph, calls, blocks, renames } = recogniseBlocks({
      graph: { form: 'quantised', name, nodes, output: output.name },
      calls: this.calls,
      blocks: [],
    });
    const scales = [...this.activations].filter(([node]) => names.has(node));
    const activations = new Map(scales.map(([node, scale]) => [renames.get(node) ?? node, scale]));
    return { graph, calls, blocks, activations, rounding };
  }
}

function requireSize(shape: Shape, name: string, span: Span): void {
  if (elementCount(shape) <= mostElements) return;
  fail('E0124', `'${name}' has ${elementCount(shape)} elements, where at most ${mostElements} are taken`, { span });
}
