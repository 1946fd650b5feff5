import type { z } from 'zod';
import type { Span } from '../diagnostics/span.js';
import type { Attributes, Node } from '../ir/graph.js';
import type { Constant, Quantisation, Shape, TensorData, TensorType } from '../ir/tensor.js';
import type { Rounding } from '../numeric/requantise.js';
import type { ChannelRules } from './channels.js';
import type { Activation } from './shared/activation.js';

/** What an op is asked about while its node is being built or checked. */
export interface OpContext<A extends Attributes = Attributes> {
  readonly name: string;
  readonly attributes: A;
  readonly span?: Span | undefined;
  /** The nodes that make the inputs, for notes of a diagnostic. Known while a model is read. */
  readonly producers?: readonly { readonly name: string; readonly span?: Span | undefined }[];
}

/** A tensor of the weights file that can serve as a parameter, under one naming convention. */
export interface ParameterForm {
  readonly convention: 'pytorch' | 'keras' | 'effnetc';
  /** Last part of the tensor's name: `weight`, `kernel`, `running_mean`. */
  readonly suffix: string;
  /** Dimensions as the file has them. */
  readonly fileShape: readonly number[];
  /** The same elements seen with other dimensions, before the transposition; `fileShape` when left out. */
  readonly view?: readonly number[];
  /** Transposition of the view into the order of the IR: axis `i` of the result is axis `axes[i]` of the view. */
  readonly axes?: readonly number[];
}

/** A parameter that an op of the float graph takes from the weights file. */
export interface ParameterSpec {
  /** Key in `node.constants`. */
  readonly role: string;
  /** Dimensions in the IR: OHWI for weights. */
  readonly shape: readonly number[];
  readonly forms: readonly ParameterForm[];
  /** No value may be smaller. */
  readonly minimum?: number;
  /** Where the values of trained networks lie, for random ones; weights are scaled by their number of inputs instead. */
  readonly typical?: readonly [low: number, high: number];
}

/**
 * Which input rows an output row is made of: row `y` reads rows `floor(y / repeat) * stride - before` up to that plus `rows - 1`,
 * as far as they exist. Stride 0 reads the same rows for every output row.
 */
export interface RowWindow {
  readonly rows: number;
  readonly stride: number;
  readonly before: number;
  /** So many output rows, one after the other, are made of the same rows; 1 when left out. For ops that enlarge the height. */
  readonly repeat?: number;
}

/** How a model description calls the op. `O` is the validated options object, without `name`. */
export interface VocabularyEntry {
  /** Schema of the options; an issue's path finds the place in model.ts. */
  readonly options: z.ZodType<Attributes>;
  /** May the options object be left out? */
  readonly optionsOptional?: boolean;
  /** Turns options into attributes, resolving what depends on the shapes (`same` padding). */
  attributes(options: Attributes, inputs: readonly TensorType[]): Attributes;
}

/** What a pass may ask of an op, instead of knowing its name. */
export interface OpTraits {
  /** Given by the caller: has no kernel. */
  readonly source?: boolean;
  /** Computes weights times inputs plus bias per channel: fuses batch norms and activations into its requantisation. */
  readonly linear?: boolean;
  /** Ends in a clamp to a range of its own: fuses an activation that is only a clamp, as `attributes.activation`. */
  readonly clamps?: boolean;
  /** A function of single values that a linear op may fuse; `attributes.function` says which. */
  readonly activation?: boolean;
  /** Scale and offset per channel, to be folded into a linear op or turned into one. */
  readonly normalisation?: boolean;
  /** Only rearranges its input into one vector; `attributes.order` says how. */
  readonly flattens?: boolean;
  /** A linear op that reads its whole input at once, so that the input's shape does not matter. */
  readonly wholeInput?: boolean;
  /** Output values are a selection or mean of input values: scale and zero point pass through. */
  readonly keepsQuantisation?: boolean;
  /** Each channel of the output comes from the same channel of the one input alone, and is as many times as large as that. */
  readonly scalesByChannel?: boolean;
  /** Scale and zero point of the output are given by the op itself. */
  readonly fixedQuantisation?: Quantisation;
  /** The same where it reads int16. */
  readonly fixedInt16Quantisation?: Quantisation;
  /** The output is not int8 even in a quantised graph. */
  readonly integerResult?: boolean;
  /** Exists in float graphs only: some pass must have replaced it before quantisation. */
  readonly floatOnly?: boolean;
  /** Reads and makes int16 activations as well as int8 ones. What it reads is all of one type. */
  readonly int16?: boolean;
  /** Copies its inputs into its output. Where they are int16, all have its scale; int8 ones are rescaled. */
  readonly joins?: boolean;
}

/** Scale and zero point that an op gives its output itself, for an input; undefined for most ops. */
export const fixedQuantisationOf = (
  { fixedQuantisation, fixedInt16Quantisation }: OpTraits,
  input: Quantisation | undefined,
): Quantisation | undefined => (input?.bits === 16 ? (fixedInt16Quantisation ?? fixedQuantisation) : fixedQuantisation);

/**
 * A linear op as products of matrices: in each group, the outputs at a position are the weights, [outputs, length], times the
 * patch of the input that the position sees. Output channel `o` belongs to group `floor(o / outputs)`, and its weights are row
 * `o` of the constant `weight`.
 */
export interface Patches {
  readonly groups: number;
  /** Elements of the input from a tap of one group to that of the next. */
  readonly groupStep: number;
  /** Output channels of a group. */
  readonly outputs: number;
  /** Taps of a patch. */
  readonly length: number;
  /** For each position of the output, `length` indices into the input, as the first group reads it; -1 in the padding. */
  readonly offsets: Int32Array;
}

/** Channel `i` of what is made is what was channel `order[i]`. */
export type ChannelOrder = readonly number[];

/** A node that makes its channels in another order. */
export interface ReorderedNode<A extends Attributes = Attributes> {
  readonly node: Node<A>;
  /** It does so when its input has its channels in that order. Otherwise it reads what it has always read. */
  readonly inputs: boolean;
}

/** What an op needs to know to turn its float node into an integer node. */
export interface QuantiseContext {
  readonly inputs: readonly TensorType[];
  readonly output: Quantisation;
  readonly rounding: Rounding;
}

/** One op: everything about it that is not C text. A row of the op table. */
export interface OpDefinition<A extends Attributes = Attributes> {
  readonly kind: string;
  /** One line for the docs. */
  readonly summary: string;
  /** Number of tensors that it reads. */
  readonly arity: number;
  /** `arity` is the least number, and models give the tensors as an array. */
  readonly variadic?: boolean;
  readonly traits: OpTraits;
  /** Absent for ops that only passes make. */
  readonly vocabulary?: VocabularyEntry;

  /** Schema of the attributes; the verifier holds every node against it. */
  readonly attributes: z.ZodType<A>;

  /** Shape of the result. @throws CompileError at the op's place when the input shapes do not fit. */
  inferShape(context: OpContext<A>, inputs: readonly Shape[]): Shape;

  /** Parameters of the float form, in the order in which they are bound. */
  parameters?(context: OpContext<A>, inputs: readonly Shape[]): readonly ParameterSpec[];

  /** Parameters of the quantised form: the tensors of a quantised weights file, float scales included. */
  quantisedParameters?(context: OpContext<A>, inputs: readonly Shape[]): readonly QuantisedParameterSpec[];

  /** How rows of the output are made of rows of each input, one window per input. */
  rowWindows(context: OpContext<A>, inputs: readonly Shape[]): readonly RowWindow[];

  /** Multiply-accumulates of one inference; padding taps count, as is the custom. */
  macs(context: OpContext<A>, inputs: readonly Shape[], output: Shape): number;

  /**
   * Attributes under which the op computes `activation(weight * x + bias)` for each channel by itself, the weights being
   * [channels, 1, 1, 1]: what is left of batch norms and activations with parameters becomes this op. One op has it.
   */
  channelwise?(activation: Activation): A;

  /** How the op's outputs depend on its weights, for the quantiser. For linear ops. */
  patches?(node: Node<A>, input: Shape): Patches;

  /** The order that an op gives its input's channels, where that is all that it does. */
  channelOrder?(node: Node<A>): ChannelOrder;

  /** The node with its output channels in another order, at the same cost; undefined where that is not possible. */
  reorderOutputs?(node: Node<A>, order: ChannelOrder): ReorderedNode<A> | undefined;

  /** The node that makes the same of an input whose channels come in another order; undefined where that is not possible. */
  reorderInputs?(node: Node<A>, order: ChannelOrder): Node<A> | undefined;

  /** How the channels of the integer node can be left out. Without it, all of them stay, and all of its inputs. */
  readonly channels?: ChannelRules<A>;

  /** The float meaning, for calibration and for measuring what quantisation costs. */
  evaluate(node: Node<A>, inputs: readonly Operand[]): Float32Array;

  /** The integer meaning: the definition that the C must equal, byte for byte. Absent for `floatOnly` ops. */
  reference?(node: Node<A>, inputs: readonly Operand[]): TensorData;

  /**
   * Integer parameters from the float ones, as {@link quantisedParameters} lists them, for known input types and output
   * quantisation. For ops that have parameters.
   */
  quantise?(node: Node<A>, inputs: readonly TensorType[], output: Quantisation): Readonly<Record<string, Constant>>;

  /**
   * The integer node for given integer parameters (`constants` as {@link quantisedParameters} lists them).
   * @throws CompileError when a scale is out of range or an accumulator could overflow.
   */
  lower?(node: Node<A>, context: QuantiseContext): Node;
}

export interface QuantisedParameterSpec {
  readonly role: string;
  readonly dtype: Constant['dtype'];
  /** It may have this type instead. */
  readonly orDtype?: Constant['dtype'];
  readonly shape: readonly number[];
}

/** A tensor at run time, with its type. */
export interface Operand {
  readonly type: TensorType;
  readonly data: TensorData;
}
