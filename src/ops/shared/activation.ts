import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import { type Quantisation, type TensorType, type ValueRange, valuesOf } from '../../ir/tensor.js';
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
]);

export type Activation = z.infer<typeof activationSchema>;

/** The float value of an activation; `slope` for prelu. */
export function activate(activation: Activation, z: number, slope: number): number {
  switch (activation.kind) {
    case 'identity':
      return z;
    case 'relu':
      return Math.max(z, 0);
    case 'relu6':
      return clamp(z, 0, 6);
    case 'reluN1To1':
      return clamp(z, -1, 1);
    case 'leakyRelu':
      return z >= 0 ? z : z * activation.slope;
    case 'prelu':
      return z >= 0 ? z : z * slope;
    case 'sigmoid':
      return sigmoid(z);
    case 'tanh':
      return 2 * sigmoid(2 * z) - 1;
    case 'hardSwish':
      return (z * clamp(z + 3, 0, 6)) / 6;
    case 'swish':
      return z * sigmoid(z);
  }
}

/** 1 / (1 + exp(-z)) within 2^-28, by integers alone: what libm says of exp differs between machines, and ends up in tables. */
function sigmoid(z: number): number {
  const limit = 2 ** 31 - 1;
  return logistic(clamp(Math.round(z * 2 ** 27), -limit, limit)) / 2 ** 31;
}

/** Can a linear op do it by itself, with a multiplier for either sign and a clamp? */
export function isPiecewiseLinear({ kind }: Activation): boolean {
  return !['sigmoid', 'tanh', 'hardSwish', 'swish'].includes(kind);
}

/** Does it leave every value as it is? */
export function isIdentity(activation: Activation): boolean {
  return activation.kind === 'identity' || (activation.kind === 'leakyRelu' && activation.slope === 1);
}

/** Does it differ between channels, by the constant `slope`? */
export function isPerChannel({ kind }: Activation): boolean {
  return kind === 'prelu';
}

/** Does it cut values off above? A scale and an offset behind it would need a bound for each channel. */
export function hasUpperBound({ kind }: Activation): boolean {
  return kind === 'relu6' || kind === 'reluN1To1';
}

/** Does it only cut values off at fixed bounds? Then {@link clampRange} computes all of it. */
export function isClamp({ kind }: Activation): boolean {
  return kind === 'relu' || kind === 'relu6' || kind === 'reluN1To1';
}

/** The range that an activation leaves of the output, where it is the last step and clamping is all that it does. */
export function clampRange(activation: Activation, output: Quantisation): ValueRange {
  const all = valuesOf(output);
  const quantise = (real: number) => clamp(stepsOf(real, output.scale) + output.zeroPoint, all.low, all.high);
  switch (activation.kind) {
    case 'relu':
      return { low: quantise(0), high: all.high };
    case 'relu6':
      return { low: quantise(0), high: quantise(6) };
    case 'reluN1To1':
      return { low: quantise(-1), high: quantise(1) };
    default:
      return all;
  }
}

/**
 * A real number in steps of a scale, halves away from zero. A scale that is a float32, as those of imported models are, divides
 * in float32, as TFLite does (CalculateActivationRangeQuantized).
 */
function stepsOf(real: number, scale: number): number {
  const steps = Math.fround(scale) === scale ? Math.fround(real / scale) : real / scale;
  return Math.sign(steps) * Math.round(Math.abs(steps)) + 0;
}

/** Is the activation of a positive multiple of a value that multiple of its activation? */
export function scalesWithInput({ kind }: Activation): boolean {
  return ['identity', 'relu', 'leakyRelu', 'prelu'].includes(kind);
}

/** A function of one int8 value as 256 results, for x at x + 128. */
export function activationTable(activation: Activation, input: TensorType, output: Quantisation): Int8Array {
  const { quantisation } = input;
  invariant(quantisation !== undefined && activation.kind !== 'prelu', `${activation.kind} has no table form`);
  const table = new Int8Array(256);
  for (let q = -128; q < 128; q++) {
    const real = activate(activation, (q - quantisation.zeroPoint) * quantisation.scale, 0);
    table[q + 128] = clamp(Math.round(real / output.scale) + output.zeroPoint, -128, 127);
  }
  return table;
}
