import { z } from 'zod';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { type Quantisation, valuesOf } from '../../ir/tensor.js';
import {
  fitsMultiplier,
  type Multiplier,
  nativePreShift,
  quantiseMultiplier,
  type Rounding,
  roundings,
  tfliteMultiplier,
} from '../../numeric/requantise.js';

/** How a sum of differences from the zero point becomes a mean; there in integer graphs only. */
export const meanSchema = z.strictObject({
  rounding: z.enum(roundings),
  multiplier: z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  shift: z.int().min(-62).max(15),
  /** Left shift of the sum before a `native` multiplication, where the factor is large. */
  preShift: z.int().min(1).max(15).optional(),
});

export type MeanRescale = z.infer<typeof meanSchema>;

/** The largest |sum| of `count` differences from the zero point. */
export function largestSum(count: number, input: Quantisation): number {
  const { low, high } = valuesOf(input);
  return count * Math.max(input.zeroPoint - low, high - input.zeroPoint);
}

/** @throws CompileError E0502 when scales are too far apart, E0501 when a sum could leave int32 */
export function meanRescale(
  node: Node,
  rounding: Rounding,
  count: number,
  input: Quantisation,
  output: Quantisation,
): MeanRescale {
  const ratio = input.scale / output.scale;
  const notes = [`input scale ${input.scale}, output scale ${output.scale}, ${count} values`];
  const usable = ratio > 0 && fitsMultiplier(ratio);
  const preShift = usable && rounding === 'native' ? nativePreShift([ratio / count]) : 0;
  const factor = usable ? factorOf(rounding, ratio, count, preShift) : undefined;
  if (factor === undefined || !(factor.multiplier > 0) || factor.shift < -31) {
    return fail('E0502', `'${node.name}' has a requantisation factor of ${ratio / count}`, {
      span: node.span,
      notes,
      hint: 'scales must be positive and of a comparable size; quantise again with representative calibration images',
    });
  }
  if (largestSum(count, input) * 2 ** Math.max(factor.shift, preShift) >= 2 ** 31) {
    fail('E0501', `the sum of '${node.name}' could leave the range of int32`, { span: node.span, notes });
  }
  return { rounding, ...factor, ...(preShift > 0 ? { preShift } : {}) };
}

/**
 * `tflite` divides the multiplier of the scales by the number of values, after a shift that keeps its bits.
 * Source: TFLite reference_ops::QuantizedMeanOrSum.
 */
function factorOf(rounding: Rounding, ratio: number, count: number, preShift: number): Multiplier {
  if (rounding !== 'tflite') return quantiseMultiplier(rounding, ratio / count, preShift);
  const { multiplier, shift } = tfliteMultiplier(ratio);
  const bits = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  return { multiplier: Math.floor((multiplier * 2 ** bits) / count), shift: shift - bits };
}
