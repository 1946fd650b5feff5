import { exponential } from '../../numeric/elementary.js';

/** Functions that the table of the logistic function serves. */
export const curves = ['sigmoid', 'tanh'] as const;
export type Curve = (typeof curves)[number];

/** A difference from the zero point becomes `(x * multiplier + half) >> shift`, in steps of 1/12288. */
export interface CurveFactor {
  /** At most 15 bits. */
  readonly multiplier: number;
  /** 0 to 31. */
  readonly shift: number;
}

/** What differs between the two: tanh(x) is 2 * sigmoid(2 * x) - 1. */
interface CurveShape {
  /** Bits of a value below those that say the place in the table. */
  readonly bits: number;
  /** The result at zero, with the bits that are shifted away. */
  readonly zero: number;
  /** Half of the height of the curve, as it is beyond the table. */
  readonly most: number;
  /** Bits that are shifted away in the end. */
  readonly shift: number;
}

export const curveShapes: Readonly<Record<Curve, CurveShape>> = {
  sigmoid: { bits: 9, zero: 2 ** 24, most: 0x7fff * 2 ** 10 - 2 ** 24, shift: 10 },
  tanh: { bits: 8, zero: 0, most: 0xffff * 2 ** 8 - 2 ** 23, shift: 8 },
};

/** 2^16 / (1 + exp(-i / 24)). */
const sigmoid = (i: number): number => 2 ** 16 / (1 + exponential(-i / 24));

/**
 * 2^16 * (sigmoid(i / 24) - 1/2) for i = 0 to 255, half of the error of interpolating between neighbours added: TFLite's
 * sigmoid_table_uint16 less 2^15. Its last value is all that 16 bits hold.
 */
export const curveTable: readonly number[] = Array.from({ length: 256 }, (_, i) => {
  if (i === 255) return 2 ** 15 - 1;
  const bend = sigmoid(i + 1) - 2 * sigmoid(i) + sigmoid(i - 1);
  return Math.round(sigmoid(i) - bend / 16) - 2 ** 15;
});

/**
 * The factor for an input scale; undefined where it is so large that TFLite's product would leave 32 bits. Scales that are powers of
 * two, nearly, need no shift.
 * Source: TFLite Micro, CalculateArithmeticOpDataLogistic, and CalculateArithmeticOpData of tanh.cc; CheckedLog2.
 */
export function curveFactor(curve: Curve, scale: number): CurveFactor | undefined {
  const logarithm = Math.log2(scale);
  const left = Math.round(logarithm) + 12;
  const plain = left === 0 || (curve === 'tanh' && left === 1);
  if (plain && Math.abs(logarithm - Math.round(logarithm)) < 1e-3) return { multiplier: 3 * 2 ** left, shift: 0 };
  let [multiplier, shift] = [scale * 12288, 0];
  for (; multiplier <= 32767 / 2 && shift <= 30; shift++) multiplier *= 2;
  return multiplier < 32768 ? { multiplier: Math.floor(multiplier), shift } : undefined;
}

/** The curve at a difference from the zero point. Source: reference_integer_ops::Logistic and Tanh of int16. */
export function curveAt(curve: Curve, { multiplier, shift }: CurveFactor, x: number): number {
  const { bits, zero, most, shift: last } = curveShapes[curve];
  const scaled = Math.floor((x * multiplier + (shift > 0 ? 2 ** (shift - 1) : 0)) / 2 ** shift);
  const magnitude = Math.abs(scaled);
  const place = Math.floor(magnitude / 2 ** bits);
  const rest = magnitude % 2 ** bits;
  const height =
    place >= 255 ? most : curveTable[place] * 2 ** bits + rest * (curveTable[place + 1] - curveTable[place]);
  const half = 2 ** (last - 1);
  return Math.floor((zero + (scaled >= 0 ? height + half : half - 1 - height)) / 2 ** last);
}
