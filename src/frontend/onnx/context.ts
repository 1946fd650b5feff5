import { fail } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { Node } from '../../ir/graph.js';
import { type Constant, constant, type Quantisation } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import { type Activation, activate } from '../../ops/shared/activation.js';
import { quoteName } from '../arrays/quote.js';
import type { ImportBuilder, NodeSpec } from '../import/import-builder.js';
import type { Label } from '../import/values.js';
import { elementsOf, type OnnxConstant, realsOf } from './constants.js';
import type { Network, Operator } from './operators.js';
import type { OnnxAttribute, OnnxFile } from './read-file.js';
import { quantisationOf, sameQuantisation, shortest } from './scales.js';
import { unpaddedNode, type View, viewOf } from './view.js';

/** A result that was not made, since something before it was refused. */
export const missing = 'missing';

/** Whole numbers that are known: shapes that the file computes. */
export interface Integers {
  readonly integers: readonly number[];
  readonly scalar: boolean;
}

export type Known = View | Integers | typeof missing;

/** An operator before which something was refused: nothing is to be said of it. */
export class Unknowable extends Error {}

export interface ImportState {
  readonly builder: ImportBuilder;
  readonly file: OnnxFile;
  readonly network: Network;
  readonly values: Map<string, Known>;
}

/** Most numbers of a shape, of axes or of paddings. */
const mostIntegers = 1024;

/** One operator as its translation sees it: what it reads, and where its results go. */
export class NodeContext {
  constructor(
    readonly state: ImportState,
    readonly operator: Operator,
    readonly span: Span,
  ) {}

  get builder(): ImportBuilder {
    return this.state.builder;
  }

  get quantised(): boolean {
    return this.state.network.quantised;
  }

  /** `'conv3'`: a short name and the index of the node. */
  label(short: string): Label {
    return { name: `${short}${this.operator.node.index}`, span: this.span };
  }

  /** Ends the translation: the node, as it is, has no counterpart. @throws CompileError E0122 */
  refuse(problem: string, hint?: string): never {
    return fail('E0122', `${this.operator.node.kind} ${problem}`, { span: this.span, hint });
  }

  attribute(name: string): OnnxAttribute | undefined {
    return this.operator.node.attributes.get(name);
  }

  int(name: string, otherwise: number): number {
    return this.attribute(name)?.int ?? otherwise;
  }

  float(name: string, otherwise: number): number {
    return shortest(this.attribute(name)?.float ?? otherwise);
  }

  ints(name: string): readonly number[] | undefined {
    return this.attribute(name)?.ints;
  }

  hasInput(input: number): boolean {
    return (this.operator.inputs[input] ?? '') !== '';
  }

  get inputCount(): number {
    return this.operator.inputs.length;
  }

  /** The operator that makes an input. */
  producer(input: number): Operator | undefined {
    const name = this.operator.inputs[input];
    return this.state.network.operators.find(({ outputs }) => outputs.includes(name ?? ''));
  }

  private name(input: number): string {
    const name = this.operator.inputs[input] ?? '';
    return name === '' ? this.refuse(`has no input ${input}`) : name;
  }

  /** What an input is. @throws Unknowable */
  known(input: number): View | Integers {
    const name = this.name(input);
    const value = this.state.values.get(name);
    if (value === missing) throw new Unknowable();
    if (value !== undefined) return value;
    if (this.state.network.constants.has(name)) {
      return this.refuse(`has the constant ${quoteName(name)} where a tensor of the network is expected`);
    }
    return this.refuse(`reads ${quoteName(name)}, which nothing before it makes`);
  }

  view(input: number): View {
    const found = this.known(input);
    return 'integers' in found ? this.refuse(`reads a shape as a tensor, ${quoteName(this.name(input))}`) : found;
  }

  /** An activation whose tensor in NHWC is that of the file in NCHW; padding becomes a layer. */
  image(input: number, short: string): Node {
    const { node, padding } = this.padded(input, short);
    if (padding === undefined) return node;
    const [top, bottom, left, right] = padding;
    const { name, span } = this.label(short);
    return this.builder.add({
      kind: 'pad',
      name: `${name}.pad`,
      span,
      inputs: [node],
      options: { padding: { top, bottom, left, right } },
    });
  }

  /** The same for an op that pads by itself. */
  padded(input: number, short: string): Pick<View, 'node' | 'padding'> {
    const view = this.view(input);
    const node = unpaddedNode(this.builder, view, this.label(short));
    // Who reads it next need not move it again.
    if (node !== view.node) {
      const { padding } = view;
      this.state.values.set(this.name(input), { ...viewOf(node, view.dims.length), padding });
    }
    return { node, padding: view.padding };
  }

  isConstant(input: number): boolean {
    const name = this.operator.inputs[input] ?? '';
    return this.state.network.constants.has(name) && !this.state.values.has(name);
  }

  constant(input: number): OnnxConstant {
    return this.constantNamed(this.name(input));
  }

  constantNamed(name: string): OnnxConstant {
    const found = this.state.network.constants.get(name);
    if (found === undefined)
      return this.refuse(`needs ${quoteName(name)} to be a constant`, 'train and export the network so that it is one');
    const { tensor, scale } = found;
    if (scale === undefined) return { tensor };
    const scales = this.scalars(scale.scale);
    const zeroPoint = scale.zeroPoint === '' ? undefined : this.state.network.constants.get(scale.zeroPoint)?.tensor;
    const zeroPoints = scale.zeroPoint === '' ? new Float32Array(scales.length) : this.scalars(scale.zeroPoint);
    const rounds = !scale.rounds ? undefined : zeroPoint?.type === 'INT8' ? ('INT8' as const) : ('UINT8' as const);
    if (zeroPoints.length !== scales.length) {
      fail('E0125', `${quoteName(tensor.name)} has ${scales.length} scales and ${zeroPoints.length} zero points`, this);
    }
    return { tensor, quantisation: { scales, zeroPoints, axis: scale.axis, rounds } };
  }

  private scalars(name: string): ArrayLike<number> {
    const found = this.state.network.constants.get(name);
    if (found === undefined) {
      return fail(
        'E0125',
        `${this.operator.node.kind} has a scale or zero point that is no constant, ${quoteName(name)}`,
        this,
      );
    }
    return elementsOf(found.tensor, this.builder, this.span);
  }

  /** Real numbers of a constant input. */
  reals(input: number): Float32Array {
    return realsOf(this.constant(input), this.builder, this.span);
  }

  /** Whole numbers that are known when the network is compiled: axes, shapes. @throws CompileError E0124 */
  integers(input: number, what: string): readonly number[] {
    const name = this.name(input);
    const value = this.state.values.get(name);
    if (value === missing) throw new Unknowable();
    if (value !== undefined && 'integers' in value) return value.integers;
    const found = this.state.network.constants.get(name);
    if (found === undefined) {
      return fail('E0124', `${this.operator.node.kind} has ${what} that are known at run time only`, {
        span: this.span,
        hint: 'export the network with fixed shapes',
      });
    }
    const count = found.tensor.dims.reduce((a, b) => a * b, 1);
    if (count > mostIntegers) return this.refuse(`has ${count} ${what}`);
    return Array.from(elementsOf(found.tensor, this.builder, this.span));
  }

  /** Integers from an input, or from an attribute as older versions have them. */
  integersOr(input: number, attribute: string, what: string): readonly number[] | undefined {
    return this.hasInput(input) ? this.integers(input, what) : this.ints(attribute);
  }

  /** Scale and zero point of the result; undefined in a float network, and where the file says none. */
  statedQuantisation(result = 0): Quantisation | undefined {
    const said = this.state.network.scales.get(this.output(result));
    return said && quantisationOf(said, this.state, this.span);
  }

  /** The same for an op that needs it. @throws CompileError E0125 */
  ownQuantisation(): Quantisation | undefined {
    if (!this.quantised) return undefined;
    const name = this.output();
    return (
      this.statedQuantisation() ??
      fail('E0125', `${this.operator.node.kind} makes ${quoteName(name)}, which has no scale`, {
        span: this.span,
        hint: 'quantise the tensor, too, or export the network in float and use `effnetc quantize`',
      })
    );
  }

  quantisationOf(node: Node): Quantisation {
    return this.builder.quantisationOf(node);
  }

  output(result = 0): string {
    return this.operator.outputs[result] ?? this.refuse(`has no output ${result}`);
  }

  add(spec: Omit<NodeSpec, 'span'>): Node {
    return this.builder.add({ ...spec, span: this.span });
  }

  /** Says which node makes a result, as NCHW of so many dimensions. */
  bind(node: Node, rank: number, result = 0): void {
    this.bindView(viewOf(node, rank), result);
  }

  /** Says what a result is. Where the file gives it another scale than it has, a table brings it there. */
  bindView(view: View, result = 0): void {
    const name = this.output(result);
    const stated = this.quantised ? this.statedQuantisation(result) : undefined;
    const own = this.quantised ? this.quantisationOf(view.node) : undefined;
    if (stated === undefined || own === undefined || sameQuantisation(stated, own)) {
      this.state.values.set(name, view);
      return;
    }
    const changed = this.lookup(
      view.node,
      `${this.label('requant').name}${result === 0 ? '' : `.${result}`}`,
      { kind: 'identity' },
      stated,
    );
    this.state.values.set(name, { ...view, node: changed });
  }

  isNetworkOutput(): boolean {
    return this.state.file.outputs.some(({ name }) => (this.state.network.aliases.get(name) ?? name) === this.output());
  }

  /** Says that a result is the index of a class: a number without scale. */
  bindIndex(node: Node): void {
    this.state.values.set(this.output(), viewOf(node, 1));
  }

  bindIntegers(integers: readonly number[], scalar: boolean): void {
    if (integers.length > mostIntegers) this.refuse(`makes ${integers.length} numbers`);
    this.state.values.set(this.output(), { integers, scalar });
  }

  /** A function of single values as a table between two scales. */
  lookup(input: Node, name: string, meaning: Activation, to: Quantisation): Node {
    return this.table(input, name, to, meaning, [x => activate(meaning, x, 0)]);
  }

  /** Tables of real functions, one or one for each channel. */
  table(
    input: Node,
    name: string,
    to: Quantisation,
    meaning: Activation,
    functions: readonly ((x: number) => number)[],
  ): Node {
    const from = this.quantisationOf(input);
    this.builder.claim(256 * functions.length, this.span);
    const data = new Int8Array(256 * functions.length);
    functions.forEach((of, c) => {
      for (let q = -128; q < 128; q++) {
        const y = of(from.scale * (q - from.zeroPoint));
        data[256 * c + q + 128] = clamp(Math.round(y / to.scale) + to.zeroPoint, -128, 127);
      }
    });
    const table: Constant = constant('i8', [functions.length, 256], data);
    const options = {
      ...(meaning.kind === 'identity' ? {} : { function: meaning }),
      ...(functions.length > 1 ? { perChannel: true } : {}),
    };
    return this.add({ kind: 'lookup', name, inputs: [input], options, constants: { table }, quantisation: to });
  }
}
