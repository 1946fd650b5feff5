import { fail } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { Node } from '../../ir/graph.js';
import type { Quantisation } from '../../ir/tensor.js';
import { formatDims, quoteName } from '../arrays/quote.js';
import type { ImportBuilder, NodeSpec } from '../import/import-builder.js';
import { imageOf, type Label, productOf, shapeOf, unpaddedImageOf, type Value } from '../import/values.js';
import { activationQuantisation, activationTypes, requireType } from './quantisation.js';
import type { TfliteFile, TfliteOperator, TfliteTensor } from './read-file.js';
import { addSource } from './source.js';

/** What a float or uint8 input is before the QUANTIZE that makes it int8 or int16. */
interface Edge {
  readonly edge: TfliteTensor;
}

/** A result that was not made, since something before it was refused. */
export const missing = 'missing';

export type Known = Value | Edge | typeof missing;

/** An operator before which something was refused: nothing is to be said of it. */
export class Unknowable extends Error {}

/** One operator as its translation sees it: what it reads, and where its results go. */
export class OperatorContext {
  readonly span: Span;
  private readonly made = new Set<number>();

  constructor(
    readonly builder: ImportBuilder,
    private readonly file: TfliteFile,
    private readonly values: Map<number, Known>,
    readonly operator: TfliteOperator,
    span: Span,
  ) {
    this.span = span;
  }

  /** `'conv3'`: a short name and the index of the operator. */
  label(short: string): Label {
    return { name: `${short}${this.operator.index}`, span: this.span };
  }

  /** Ends the translation: the operator, as it is, has no counterpart. @throws CompileError E0122 */
  refuse(problem: string, hint?: string): never {
    return fail('E0122', `${this.operator.kind} ${problem}`, { span: this.span, hint });
  }

  tensor(input: number): TfliteTensor {
    const index = this.operator.inputs[input] ?? -1;
    if (index < 0) return this.refuse(`has no input ${input}`);
    return this.file.tensors[index];
  }

  /** Is there an input with the number, and is it a constant of the file? */
  isConstant(input: number): boolean {
    const index = this.operator.inputs[input] ?? -1;
    return index >= 0 && !this.values.has(index) && this.file.tensors[index].data !== undefined;
  }

  /** The tensors that the operator reads and makes, without constants. */
  activations(): readonly TfliteTensor[] {
    const { inputs, outputs } = this.operator;
    const read = inputs.filter((index, input) => index >= 0 && !this.isConstant(input));
    return [...read, ...outputs].map(index => this.file.tensors[index]);
  }

  hasInput(input: number): boolean {
    return (this.operator.inputs[input] ?? -1) >= 0;
  }

  get inputCount(): number {
    return this.operator.inputs.length;
  }

  /** What an input is, float and uint8 inputs of the network included. @throws Unknowable */
  known(input: number): Value | Edge {
    const tensor = this.tensor(input);
    const value = this.values.get(tensor.index);
    if (value === missing) throw new Unknowable();
    if (value !== undefined) return value;
    if (tensor.data !== undefined)
      return this.refuse(`has a constant where a tensor is expected, ${quoteName(tensor.name)}`);
    if (tensor.type === 'INT32' || tensor.type === 'INT64')
      return this.refuse(`reads the integers ${quoteName(tensor.name)}, where a tensor of the network is expected`);
    return this.refuse(`reads ${quoteName(tensor.name)}, which no operator before it makes`);
  }

  /** An activation. @throws CompileError E0123 */
  value(input: number): Value {
    const found = this.known(input);
    if ('edge' in found) return fail('E0123', ...floatMessage(this.operator.kind, found.edge, this.span));
    return found;
  }

  /** An activation as height, width, channels. */
  image(input: number, short: string): Node {
    return imageOf(this.builder, this.value(input), this.label(short));
  }

  /** The same for an op that pads by itself: the padding that it has to add to its own. */
  padded(input: number, short: string) {
    const value = this.value(input);
    const node = unpaddedImageOf(this.builder, value, this.label(short));
    return { node, padding: value.padding ?? ([0, 0, 0, 0] as const) };
  }

  quantisation(input: number): Quantisation {
    return activationQuantisation(this.tensor(input), this.span);
  }

  output(result = 0): TfliteTensor {
    const index = this.operator.outputs[result] ?? -1;
    if (index < 0) return this.refuse(`has no output ${result}`);
    return this.file.tensors[index];
  }

  /** Scale and zero point of a result. @throws CompileError E0123, E0125 */
  outputQuantisation(result = 0): Quantisation {
    return activationQuantisation(this.output(result), this.span);
  }

  /** Refuses an operator that only moves values, when both sides have not the same scale and zero point. */
  requireSameQuantisation(input = 0, result = 0): void {
    const [a, b] = [this.quantisation(input), this.outputQuantisation(result)];
    if (a.scale === b.scale && a.zeroPoint === b.zeroPoint && a.bits === b.bits) return;
    fail('E0125', `${this.operator.kind} moves values between tensors of different scales`, {
      span: this.span,
      notes: [`scale ${a.scale}, zero point ${a.zeroPoint} before; scale ${b.scale}, zero point ${b.zeroPoint} after`],
    });
  }

  add(spec: Omit<NodeSpec, 'span'>): Node {
    return this.builder.add({ ...spec, span: this.span });
  }

  /** Says which node makes a result. @throws CompileError E0124 when its shape is not the one that the file says */
  bind(node: Node, result = 0): void {
    const tensor = this.output(result);
    requireType(tensor, activationTypes, this.span);
    const expected = shapeOf(tensor.dims);
    const { height, width, channels } = node.type.shape;
    const fits = expected?.height === height && expected.width === width && expected.channels === channels;
    if (!fits) {
      fail(
        'E0124',
        `${this.operator.kind} makes ${height}x${width}x${channels}, and the file says ${formatDims(tensor.dims)}`,
        { span: this.span, hint: 'the file contradicts itself: convert it again' },
      );
    }
    this.values.set(tensor.index, { node, dims: tensor.dims });
    this.made.add(result);
  }

  /** Makes the input of the network of what an operator before it makes int8 or int16. */
  makeSource(edge: TfliteTensor, quantisation: Quantisation): void {
    if (this.builder.size > 0) this.refuse('converts the input a second time');
    this.bindValue(addSource(this.builder, this.output(), edge, quantisation, this.span));
  }

  /** Is its input that of the network, or what a QUANTIZE makes of that, and nobody else reads it? */
  readsInputAlone(): boolean {
    const { inputs, operators } = this.file;
    const [index] = this.operator.inputs;
    const readers = operators.filter(operator => operator.inputs.includes(index));
    const maker = operators.find(operator => operator.outputs.includes(index));
    return (
      readers.length === 1 &&
      (maker === undefined ? index : maker.inputs[0]) === inputs[0] &&
      (maker === undefined || maker.kind === 'QUANTIZE')
    );
  }

  /** Says that a result is the index of a class: a number without scale, with which nothing computes. */
  bindIndex(node: Node): void {
    const tensor = this.output();
    requireType(tensor, ['INT32', 'INT64'], this.span);
    this.values.set(tensor.index, { node, dims: tensor.dims });
    this.made.add(0);
  }

  isNetworkOutput(): boolean {
    return this.file.outputs.includes(this.output().index);
  }

  /** Says what a result is that takes no computation: as many elements as the file says, or it is refused. */
  bindValue(value: Known, result = 0): void {
    const tensor = this.output(result);
    if (value !== missing && 'dims' in value && productOf(value.dims) !== productOf(tensor.dims)) {
      fail(
        'E0124',
        `${this.operator.kind} makes ${formatDims(value.dims)}, and the file says ${formatDims(tensor.dims)}`,
        {
          span: this.span,
        },
      );
    }
    this.values.set(tensor.index, value);
    this.made.add(result);
  }

  /** Refuses an operator with more results than its translation has made. */
  requireAllMade(): void {
    const { length } = this.operator.outputs;
    if (this.made.size < length) this.refuse(`has ${length} outputs, where it makes ${this.made.size}`);
  }
}

function floatMessage(kind: string, tensor: TfliteTensor, span: Span) {
  return [
    `${kind} reads ${quoteName(tensor.name)} of type ${tensor.type}, where int8 is needed`,
    { span, hint: 'convert the network with full integer quantisation: see `effnetc explain E0123`' },
  ] as const;
}
