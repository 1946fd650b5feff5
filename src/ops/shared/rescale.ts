import { z } from 'zod';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { type Quantisation, valueRanges } from '../../ir/tensor.js';
import { type Rounding, requantise, roundings, tfliteMultiplier } from '../../numeric/requantise.js';

/** Is the second operand added or subtracted? */
export type Sign = 1 | -1;

/**
 * Left shift of both inputs under the TFLite rules: of |x - zeroPoint| <= 255 by 20, of that of int16 by 15, so that both have room
 * in int32.
 */
export const tfliteLeftShift = (bits: Quantisation['bits']): number => (bits === 16 ? 15 : 20);

/** |x - zeroPoint| at most; the zero point of int16 is 0. */
export const largestDifference = ({ bits }: Pick<Quantisation, 'bits'>): number => (bits === 16 ? 2 ** 15 : 255);

const multiplier = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

/** A multiplier in [2^30, 2^31), or 0, and a right shift written as a shift of zero or less. */
const smallerThanOne = z.strictObject({ multiplier, shift: z.int().min(-31).max(0) });

const value = z.int().min(valueRanges.i16.low).max(valueRanges.i16.high);

/** Bounds of the output value, the clamps of relu and relu6 included. */
const range = { low: value, high: value };

/** How two values become the sum or difference of what they stand for; there in integer graphs only. */
export const rescaleSchema = z.discriminatedUnion('rounding', [
  z.strictObject({
    ...range,
    rounding: z.literal('native'),
    /** Of the inputs, as parts of 2^shift of the output's scale. */
    multipliers: z.tuple([multiplier, multiplier]),
    shift: z.int().min(1).max(30),
    /** Bits of the inputs, where they are not 8. */
    bits: z.literal(16).optional(),
  }),
  z.strictObject({
    ...range,
    rounding: z.enum(roundings).exclude(['native']),
    /** Of the inputs, to twice the larger input scale. */
    inputs: z.tuple([smallerThanOne, smallerThanOne]),
    /** Of the sum of both, to the output's scale. */
    output: smallerThanOne,
    bits: z.literal(16).optional(),
  }),
]);

export type Rescale = z.infer<typeof rescaleSchema>;
export type Range = Pick<Rescale, 'low' | 'high'>;
export type NativeRescale = Extract<Rescale, { rounding: 'native' }>;

/** An upper bound of |accumulator| under `native`, partial sums in any order and folded zero points included. */
export function nativeBound({ multipliers: [a, b], shift, bits }: NativeRescale): number {
  return largestDifference({ bits }) * (a + b) + 2 ** (shift - 1);
}

/**
 * The sum of two values, or their difference where `sign` is -1, `a` and `b` being differences from their zero points, in steps of the output
 * and before its zero point.
 */
export function rescaledSum(rescale: Rescale, a: number, b: number, sign: Sign = 1): number {
  if (rescale.rounding === 'native') {
    const { multipliers, shift } = rescale;
    return Math.floor((a * multipliers[0] + sign * b * multipliers[1] + 2 ** (shift - 1)) / 2 ** shift);
  }
  const { rounding, inputs, output, bits } = rescale;
  const left = 2 ** tfliteLeftShift(bits);
  const sum = requantise(rounding, a * left, inputs[0], 0) + sign * requantise(rounding, b * left, inputs[1], 0);
  return requantise(rounding, sum, output, 0);
}

/** Multipliers from scales; `range` is what the output is clamped to. @throws CompileError E0502 when scales are too far apart */
export function rescaleOf(
  node: Node,
  rounding: Rounding,
  inputs: readonly [Quantisation, Quantisation],
  output: Quantisation,
  range: Range,
  sign: Sign = 1,
): Rescale {
  const scales = [inputs[0].scale, inputs[1].scale] as const;
  const bits = inputs[0].bits === undefined ? {} : { bits: inputs[0].bits };
  const rescale =
    rounding === 'native'
      ? nativeRescale(scales, output.scale, { ...range, ...bits })
      : tfliteRescale(rounding, inputs, output, { ...range, ...bits }, sign);
  if (rescale !== undefined) return rescale;
  return fail('E0502', `'${node.name}' cannot bring its inputs to the scale of its output`, {
    span: node.span,
    notes: [`input scales ${scales[0]} and ${scales[1]}, output scale ${output.scale}`],
    hint: 'scales must be positive and of a comparable size; quantise again with representative calibration images',
  });
}

/** The largest shift up to 30 under which no accumulator can leave int32; undefined when an input would count for nothing. */
function nativeRescale(
  scales: readonly [number, number],
  outputScale: number,
  range: Range & Pick<Rescale, 'bits'>,
): NativeRescale | undefined {
  for (let shift = 30; shift >= 1; shift--) {
    const a = Math.round((scales[0] / outputScale) * 2 ** shift);
    const b = Math.round((scales[1] / outputScale) * 2 ** shift);
    const rescale: NativeRescale = { ...range, rounding: 'native', multipliers: [a, b], shift };
    if (nativeBound(rescale) < 2 ** 31) return a > 0 && b > 0 ? rescale : undefined;
  }
  return undefined;
}

/**
 * TFLite: both inputs to twice the larger scale, the sum to the output's. ADD divides scales as double, SUB as float32.
 * Source: tensorflow/lite/micro/kernels: add_common.cc, CalculateOpDataAdd; sub_common.cc, CalculateOpDataSub.
 */
export function sumScales(
  inputs: readonly [Quantisation, Quantisation],
  output: Quantisation,
  sign: Sign,
): { readonly inputs: readonly [number, number]; readonly output: number } {
  const quotient = (scale: number) => (sign > 0 ? scale : Math.fround(scale));
  const twiceLargest = 2 * Math.max(inputs[0].scale, inputs[1].scale);
  return {
    inputs: [quotient(inputs[0].scale / twiceLargest), quotient(inputs[1].scale / twiceLargest)],
    output: quotient(twiceLargest / (2 ** tfliteLeftShift(inputs[0].bits) * output.scale)),
  };
}

/**
 * An input below 2^-32 of twice the larger scale counts for nothing, as in TFLite; a factor of the sum of one or more, which stops
 * TFLite, and one that leaves nothing of the sum are refused.
 */
function tfliteRescale(
  rounding: 'tflite' | 'tflite-single',
  inputs: readonly [Quantisation, Quantisation],
  output: Quantisation,
  range: Range & Pick<Rescale, 'bits'>,
  sign: Sign,
): Rescale | undefined {
  const scales = sumScales(inputs, output, sign);
  const [a, b] = scales.inputs.map(tfliteMultiplier);
  const sum = tfliteMultiplier(scales.output);
  if (!(sum.multiplier > 0) || sum.shift > 0) return undefined;
  return { ...range, rounding, inputs: [{ ...a }, { ...b }], output: { ...sum } };
}
