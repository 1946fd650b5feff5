import { z } from 'zod';
import { fail, invariant } from '../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../ir/graph.js';
import { elementCount, type TensorType } from '../ir/tensor.js';
import { exponential } from '../numeric/elementary.js';
import type { OpDefinition } from './op.js';
import { activate } from './shared/activation.js';
import { ownChannelRules } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import { sameRow } from './shared/window.js';

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

const factorSchema = z.strictObject({
  multiplier: z
    .int()
    .min(0)
    .max(2 ** 15 - 1),
  shift: z.int().min(0).max(31),
});
const attributes = z.strictObject({ function: z.enum(curves), factor: factorSchema.optional() });

export interface CurveAttributes extends Attributes {
  readonly function: Curve;
  /** Of the input; there in integer graphs only. */
  readonly factor?: z.infer<typeof factorSchema> | undefined;
}

/** The factor and the zero point of the input of a node in integer form. */
export function integerCurve({ name, attributes }: Node<CurveAttributes>, input: TensorType) {
  const { function: curve, factor } = attributes;
  invariant(factor !== undefined && input.quantisation !== undefined, `${name} is in integer form`);
  return { curve, factor: factor satisfies CurveFactor, zeroPoint: input.quantisation.zeroPoint };
}

/** One definition under every rounding rule: TFLite's, whose result always has scale 2^-15. */
export const curve: OpDefinition = defineOp<CurveAttributes>({
  kind: 'curve',
  summary: 'sigmoid or tanh, int16, interpolated in a table, bit for bit as TFLite computes them',
  arity: 1,
  traits: { int16: true, fixedQuantisation: { scale: 2 ** -15, zeroPoint: 0, bits: 16 } },
  attributes,
  vocabulary: vocabulary(z.strictObject({ function: z.enum(curves) }), options => options),
  inferShape: (_site, [input]) => input,
  rowWindows: () => [sameRow],
  macs: () => 0,
  // Both curves rise.
  channels: ownChannelRules((node, { low, high }, { type }) => {
    const { curve, factor, zeroPoint } = integerCurve(node, type);
    return { low: curveAt(curve, factor, low - zeroPoint), high: curveAt(curve, factor, high - zeroPoint) };
  }),
  evaluate: ({ attributes }, [input]) =>
    Float32Array.from(input.data, x => activate({ kind: attributes.function }, x, 0)),
  reference(node, [input]) {
    const { curve, factor, zeroPoint } = integerCurve(node, input.type);
    const output = new Int16Array(elementCount(node.type.shape));
    for (let i = 0; i < output.length; i++) output[i] = curveAt(curve, factor, input.data[i] - zeroPoint);
    return output;
  },
  lower(node, { inputs: [input], output }) {
    invariant(input.quantisation !== undefined, `${node.name}: its input has no quantisation`);
    const factor = curveFactor(node.attributes.function, input.quantisation.scale);
    if (factor === undefined) {
      return fail('E0502', `'${node.name}' reads a tensor with a scale of ${input.quantisation.scale}`, {
        span: node.span,
        hint: 'a scale below 2.66 fits the algorithm; quantise again with representative calibration images',
      });
    }
    return {
      ...node,
      attributes: { ...node.attributes, factor: { ...factor } },
      type: { ...node.type, dtype: 'i16', quantisation: output },
    };
  },
});
