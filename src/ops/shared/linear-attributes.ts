import { z } from 'zod';
import type { Attributes } from '../../ir/graph.js';
import { subByteWidths, valueRanges } from '../../ir/tensor.js';
import { roundings } from '../../numeric/requantise.js';
import { type Activation, activationSchema } from './activation.js';

/** How accumulators become int8 or int16; there in integer graphs only. */
const requantisationSchema = z.strictObject({
  rounding: z.enum(roundings),
  /** Left shift of every accumulator before a `native` multiplication. */
  preShift: z.int().min(0).max(30),
  /** Bounds of the output value, the clamps of relu and relu6 included. */
  low: z.int().min(valueRanges.i16.low).max(valueRanges.i16.high),
  high: z.int().min(valueRanges.i16.low).max(valueRanges.i16.high),
  /** Negative accumulators have multipliers of their own (`negativeMultiplier`, `negativeShift`). */
  twoSlopes: z.boolean(),
  /** Multipliers have 16 bits, and accumulators up to 48: TFLite's rule where a bias is int64. */
  long: z.boolean().optional(),
});

/** Bits of weights as a model declares them. */
export const weightBitsOption = z.literal([8, ...subByteWidths]);

export const linearAttributes = {
  bias: z.boolean(),
  weightBits: weightBitsOption.optional(),
  activation: activationSchema,
  affine: z.boolean(),
  requantisation: requantisationSchema.optional(),
};

export interface LinearAttributes extends Attributes {
  readonly bias: boolean;
  /** What `quantize` gives the weights where it is told nothing else; 8 when left out. */
  readonly weightBits?: z.infer<typeof weightBitsOption> | undefined;
  readonly activation: Activation;
  readonly affine: boolean;
  readonly requantisation?: z.infer<typeof requantisationSchema> | undefined;
}

/** Attributes of a linear op as a model writes it: nothing fused yet. */
export function plainLinear({
  bias = true,
  weightBits,
}: {
  readonly bias?: boolean | undefined;
  readonly weightBits?: LinearAttributes['weightBits'];
}): Attributes {
  return { bias, ...(weightBits === undefined ? {} : { weightBits }), activation: { kind: 'identity' }, affine: false };
}
