import { z } from 'zod';
import { fail } from '../diagnostics/diagnostic.js';
import type { Node } from '../ir/graph.js';
import { type Quantisation, valueRanges } from '../ir/tensor.js';
import {
  fitsMultiplier,
  nativePreShift,
  quantiseMultiplier,
  type Rounding,
  requantise,
  roundings,
} from '../numeric/requantise.js';
import type { OpDefinition } from './op.js';
import { type PairAttributes, pairOp } from './shared/pair.js';
import { largestDifference } from './shared/rescale.js';

const value = z.int().min(valueRanges.i16.low).max(valueRanges.i16.high);
const int32 = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);

/** |(a - za) * (b - zb)| at most. */
export const largestProduct = (inputs: readonly [Quantisation, Quantisation]): number =>
  largestDifference(inputs[0]) * largestDifference(inputs[1]);

/** How the product of two values becomes a value of the output; there in integer graphs only. */
export const productSchema = z.strictObject({
  rounding: z.enum(roundings),
  multiplier: int32,
  shift: z.int().min(-31).max(15),
  /** Left shift of every product before a `native` multiplication. */
  preShift: z.int().min(0).max(14),
  low: value,
  high: value,
});

export type ProductRescale = z.infer<typeof productSchema>;

/** Of the product of two values, in steps of the output. */
export const productFactor = (inputs: readonly [Quantisation, Quantisation], output: Quantisation): number =>
  (inputs[0].scale * inputs[1].scale) / output.scale;

/** `range` is what the output is clamped to. @throws CompileError E0502 when scales are too far apart */
export function productRescale(
  node: Node,
  rounding: Rounding,
  inputs: readonly [Quantisation, Quantisation],
  output: Quantisation,
  range: Pick<ProductRescale, 'low' | 'high'>,
): ProductRescale {
  const factor = productFactor(inputs, output);
  const preShift = rounding === 'native' && fitsMultiplier(factor) ? nativePreShift([factor]) : 0;
  const multiplier = quantiseMultiplier(rounding, factor, preShift);
  const shifted = largestProduct(inputs) * 2 ** (rounding === 'tflite' ? Math.max(multiplier.shift, 0) : preShift);
  if (!(factor > 0) || !fitsMultiplier(factor) || shifted >= 2 ** 31 || !(multiplier.multiplier > 0)) {
    fail('E0502', `'${node.name}' has a requantisation factor of ${factor}`, {
      span: node.span,
      notes: [`input scales ${inputs[0].scale} and ${inputs[1].scale}, output scale ${output.scale}`],
      hint: 'scales must be positive and of a comparable size; quantise again with representative calibration images',
    });
  }
  return { rounding, ...multiplier, preShift, ...range };
}

export type MulAttributes = PairAttributes<ProductRescale>;

/** Source of the integer form under the TFLite rules: reference_integer_ops::MulElementwise. */
export const mul: OpDefinition = pairOp<ProductRescale>({
  kind: 'mul',
  summary: 'product of two tensors, element by element; of a single row, column or channel, for all',
  verb: 'multiply',
  result: 'product',
  requantisation: productSchema,
  float: (a, b) => a * b,
  integer: (requantisation, a, b) =>
    requantise(requantisation.rounding, a * b, requantisation, requantisation.preShift),
  rescale: productRescale,
});
