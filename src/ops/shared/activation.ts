import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import { type Quantisation, type TensorType, type ValueRange, valuesOf } from '../../ir/tensor.js';
import { exponential } from '../../numeric/elementary.js';
import { logistic } from '../../numeric/gemmlowp.js';
import { clamp } from '../../numeric/requantise.js';

/** The activations that a model can name. The slopes of prelu are a parameter, the constant `slope`. */
export const activationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('identity') }),
  z.strictObject({ kind: z.literal('relu') }),
  z.strictObject({ kind: z.literal('relu6') }),
  z.strictObject({ kind: z.literal('reluN1To1') }),
  z.strictObject({ kind: z.literal('leakyRelu'), slope: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('prelu') }),
  z.strictObject({ kind: z.literal('sigmoid') }),
  z.strictObject({ kind: z.literal('tanh') }),
  z.strictObject({ kind: z.literal('hardSwish') }),
  z.strictObject({ kind: z.literal('swish') }),
  z.strictObject({ kind: z.literal('elu'), alpha: z.number().positive().max(16).default(1) }),
]);

export type Activation = z.infer<typeof activationSchema>;

export type ActivationKind = Activation['kind'];

/**
 * What an activation is for integers: nothing, bounds, a factor for values below zero, or a table of 256 values. The first three are a
 * part of the requantisation of a linear op; a table is a layer of its own.
 */
type ActivationShape<A> =
  | { readonly is: 'identity' }
  | { readonly is: 'clamp'; readonly low: number; readonly high: number }
  | {
      readonly is: 'two slopes';
      /** The factor below zero; undefined where it is a parameter, one for each channel. */
      below(activation: A): number | undefined;
    }
  | { readonly is: 'table' };

/** All that is asked of an activation. docs/adding-an-activation.md goes through it. */
interface ActivationRow<A extends Activation = Activation> {
  /** What it computes of x, for the docs. */
  readonly summary: string;
  /** The float value; `slope` is the parameter of the channel, where there is one. */
  float(z: number, activation: A, slope: number): number;
  readonly shape: ActivationShape<A>;
  /** The operators of other frameworks that are this function, by their names there. */
  readonly operators: {
    readonly tflite: readonly string[];
    readonly onnx: readonly string[];
    /** The name under which TensorFlow Lite fuses it into another operator. */
    readonly fused?: string;
  };
}

/** Every activation, a row each: a kind without a row does not compile. */
const rows: { readonly [K in ActivationKind]: ActivationRow<Extract<Activation, { kind: K }>> } = {
  identity: {
    summary: 'x',
    float: z => z,
    shape: { is: 'identity' },
    operators: { tflite: [], onnx: [], fused: 'NONE' },
  },
  relu: {
    summary: 'max(x, 0)',
    float: z => Math.max(z, 0),
    shape: { is: 'clamp', low: 0, high: Number.POSITIVE_INFINITY },
    operators: { tflite: ['RELU'], onnx: ['Relu'], fused: 'RELU' },
  },
  relu6: {
    summary: 'x between 0 and 6',
    float: z => clamp(z, 0, 6),
    shape: { is: 'clamp', low: 0, high: 6 },
    operators: { tflite: ['RELU6'], onnx: ['Clip'], fused: 'RELU6' },
  },
  reluN1To1: {
    summary: 'x between -1 and 1',
    float: z => clamp(z, -1, 1),
    shape: { is: 'clamp', low: -1, high: 1 },
    operators: { tflite: ['RELU_N1_TO_1'], onnx: ['Clip'], fused: 'RELU_N1_TO_1' },
  },
  leakyRelu: {
    summary: 'x, or slope * x below zero',
    float: (z, { slope }) => (z >= 0 ? z : z * slope),
    shape: { is: 'two slopes', below: ({ slope }) => slope },
    operators: { tflite: ['LEAKY_RELU'], onnx: ['LeakyRelu'] },
  },
  prelu: {
    summary: 'x, or below zero x times a slope per channel',
    float: (z, _activation, slope) => (z >= 0 ? z : z * slope),
    shape: { is: 'two slopes', below: () => undefined },
    operators: { tflite: ['PRELU'], onnx: ['PRelu'] },
  },
  sigmoid: {
    summary: '1 / (1 + exp(-x))',
    float: sigmoid,
    shape: { is: 'table' },
    operators: { tflite: ['LOGISTIC'], onnx: ['Sigmoid'] },
  },
  tanh: {
    summary: 'the hyperbolic tangent of x',
    float: z => 2 * sigmoid(2 * z) - 1,
    shape: { is: 'table' },
    operators: { tflite: ['TANH'], onnx: ['Tanh'] },
  },
  hardSwish: {
    summary: 'x * relu6(x + 3) / 6',
    float: z => (z * clamp(z + 3, 0, 6)) / 6,
    shape: { is: 'table' },
    operators: { tflite: ['HARD_SWISH'], onnx: ['HardSwish'] },
  },
  swish: {
    summary: 'x * sigmoid(x)',
    float: z => z * sigmoid(z),
    shape: { is: 'table' },
    // Two operators in both, the second of which is a product.
    operators: { tflite: [], onnx: [] },
  },
  elu: {
    summary: 'x, or alpha * (exp(x) - 1) below zero',
    float: (z, { alpha }) => (z >= 0 ? z : alpha * (exponential(z) - 1)),
    shape: { is: 'table' },
    operators: { tflite: ['ELU'], onnx: ['Elu'] },
  },
};

/** The rows by kind, for docs, importers and tests. */
export const activationTable: ReadonlyMap<ActivationKind, ActivationRow> = new Map(
  activationSchema.options.map(({ shape }) => [shape.kind.value, rows[shape.kind.value]]),
);

const shapeOf = ({ kind }: Pick<Activation, 'kind'>): ActivationShape<Activation> => rows[kind].shape;

/** The float value of an activation; `slope` for prelu. */
export function activate(activation: Activation, z: number, slope: number): number {
  const row: ActivationRow = rows[activation.kind];
  return row.float(z, activation, slope);
}

/** 1 / (1 + exp(-z)) within 2^-28, by integers alone: what libm says of exp differs between machines, and ends up in tables. */
function sigmoid(z: number): number {
  const limit = 2 ** 31 - 1;
  return logistic(clamp(Math.round(z * 2 ** 27), -limit, limit)) / 2 ** 31;
}

/** The activation that an imported operator of TensorFlow Lite has fused in, where it is one that can be fused. */
export const fusedByName = (name: string): ActivationKind | undefined =>
  [...activationTable].find(([, { operators }]) => operators.fused === name)?.[0];

/** Can a linear op do it by itself, with a multiplier for either sign and a clamp? */
export const isPiecewiseLinear = (activation: Pick<Activation, 'kind'>): boolean => shapeOf(activation).is !== 'table';

/** The factor of values below zero: a number, or the parameter of the channel where it has one of its own. */
export function slopeBelow(activation: Activation): number | 'parameter' {
  const shape = shapeOf(activation);
  invariant(shape.is !== 'table', `${activation.kind} has no slopes`);
  if (shape.is === 'identity') return 1;
  // What a lower bound of zero cuts off needs no factor.
  if (shape.is === 'clamp') return shape.low >= 0 ? 0 : 1;
  return shape.below(activation) ?? 'parameter';
}

/** Do values below zero have a factor that a clamp cannot stand for? */
export const hasTwoSlopes = (activation: Activation): boolean => shapeOf(activation).is === 'two slopes';

/** Does it leave every value as it is? */
export function isIdentity(activation: Activation): boolean {
  const shape = shapeOf(activation);
  return shape.is === 'identity' || (shape.is === 'two slopes' && shape.below(activation) === 1);
}

/** Does it differ between channels, by the constant `slope`? */
export const isPerChannel = (activation: Activation): boolean =>
  isPiecewiseLinear(activation) && slopeBelow(activation) === 'parameter';

/** Does it cut values off above? A scale and an offset after it would need a bound for each channel. */
export function hasUpperBound(activation: Activation): boolean {
  const shape = shapeOf(activation);
  return shape.is === 'clamp' && Number.isFinite(shape.high);
}

/** Does it only cut values off at fixed bounds? Then {@link clampRange} computes all of it. */
export const isClamp = (activation: Activation): boolean => shapeOf(activation).is === 'clamp';

/** Is the activation of a positive multiple of a value that multiple of its activation? */
export function scalesWithInput(activation: Activation): boolean {
  const shape = shapeOf(activation);
  if (shape.is === 'clamp') return [shape.low, shape.high].every(bound => bound === 0 || !Number.isFinite(bound));
  return shape.is !== 'table';
}

/** Has it options besides its kind, which must be written down? */
export const hasOptions = (activation: Activation): boolean => Object.keys(activation).length > 1;

/** The range that an activation leaves of the output, where it is the last step and clamping is all that it does. */
export function clampRange(activation: Activation, output: Quantisation): ValueRange {
  const all = valuesOf(output);
  const quantise = (real: number) => clamp(stepsOf(real, output.scale) + output.zeroPoint, all.low, all.high);
  const shape = shapeOf(activation);
  if (shape.is !== 'clamp') return all;
  return {
    low: Number.isFinite(shape.low) ? quantise(shape.low) : all.low,
    high: Number.isFinite(shape.high) ? quantise(shape.high) : all.high,
  };
}

/**
 * A real number in steps of a scale, halves away from zero. A scale that is a float32, as those of imported models are, divides
 * in float32, as TFLite does (CalculateActivationRangeQuantized).
 */
function stepsOf(real: number, scale: number): number {
  const steps = Math.fround(scale) === scale ? Math.fround(real / scale) : real / scale;
  return Math.sign(steps) * Math.round(Math.abs(steps)) + 0;
}

/** A function of one int8 value as 256 results, for x at x + 128. */
export function valuesAsTable(activation: Activation, input: TensorType, output: Quantisation): Int8Array {
  const { quantisation } = input;
  invariant(quantisation !== undefined && !isPerChannel(activation), `${activation.kind} has no table form`);
  const table = new Int8Array(256);
  for (let q = -128; q < 128; q++) {
    const real = activate(activation, (q - quantisation.zeroPoint) * quantisation.scale, 0);
    table[q + 128] = clamp(Math.round(real / output.scale) + output.zeroPoint, -128, 127);
  }
  return table;
}
