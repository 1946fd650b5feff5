import { z } from 'zod';
import type { Quantisation } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';

/** The activations that a model can name. The slopes of prelu are a parameter, the constant `slope`. */
export const activationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('identity') }),
  z.strictObject({ kind: z.literal('relu') }),
  z.strictObject({ kind: z.literal('relu6') }),
  z.strictObject({ kind: z.literal('leakyRelu'), slope: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('prelu') }),
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
    case 'leakyRelu':
      return z >= 0 ? z : z * activation.slope;
    case 'prelu':
      return z >= 0 ? z : z * slope;
  }
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
  return kind === 'relu6';
}

/** Does it only cut values off at fixed bounds? Then {@link clampRange} computes all of it. */
export function isClamp({ kind }: Activation): boolean {
  return kind === 'relu' || kind === 'relu6';
}

/** The int8 range that an activation leaves of the output, where it is the last step and clamping is all that it does. */
export function clampRange(activation: Activation, output: Quantisation): { low: number; high: number } {
  const quantise = (real: number) => clamp(Math.round(real / output.scale) + output.zeroPoint, -128, 127);
  switch (activation.kind) {
    case 'relu':
      return { low: quantise(0), high: 127 };
    case 'relu6':
      return { low: quantise(0), high: quantise(6) };
    default:
      return { low: -128, high: 127 };
  }
}

/** Is the activation of a positive multiple of a value that multiple of its activation? */
export function scalesWithInput({ kind }: Activation): boolean {
  return kind !== 'relu6';
}
