import type { Quantisation } from '../../ir/tensor.js';
import { exponential } from '../../numeric/elementary.js';
import { logistic, tanh } from '../../numeric/gemmlowp.js';
import {
  clamp,
  type Multiplier,
  requantiseTflite,
  roundingDivideByPowerOfTwo,
  tfliteMultiplier,
} from '../../numeric/requantise.js';

/**
 * What TensorFlow Lite Micro's reference kernels compute of a single int8 value, for all 256 of them. Scales of a file are
 * float32; where TFLite divides them as float32, so does this, and where it goes over to double first, too.
 */
export type Table = Int8Array;

/** Calls `of` with every int8 value; results are clamped to int8. */
export function tableOf(of: (q: number) => number): Table {
  return Int8Array.from({ length: 256 }, (_, i) => clamp(of(i - 128), -128, 127));
}

const float = Math.fround;

/** Source: reference_ops::Requantize; PrepareQuantizeReference. */
export function requantizeTable(input: Quantisation, output: Quantisation): Table {
  const factor = tfliteMultiplier(input.scale / output.scale);
  return tableOf(q => requantiseTflite(q - input.zeroPoint, factor) + output.zeroPoint);
}

/** Source: ReluQuantized; CalculateReluOpData. */
export function reluTable(input: Quantisation, output: Quantisation): Table {
  return requantizeTable(input, output).map(q => Math.max(q, output.zeroPoint));
}

/** The values between two real numbers, as they are. Source: Relu6Quantized; Relu6Prepare, FloatToQuantizedType. */
export function clampTable(low: number, high: number): Table {
  return tableOf(q => clamp(q, low, high));
}

/** Of values from zero on, and below. Source: CalculateOpDataLeakyRelu. */
export function leakyReluScales(input: Quantisation, output: Quantisation, alpha: number): readonly [number, number] {
  return [float(input.scale / output.scale), float(float(input.scale * alpha) / output.scale)];
}

/** Source: reference_ops::QuantizeLeakyRelu. */
export function leakyReluTable(input: Quantisation, output: Quantisation, alpha: number): Table {
  const [identity, slope] = leakyReluScales(input, output, alpha).map(tfliteMultiplier);
  return tableOf(q => {
    const x = q - input.zeroPoint;
    return output.zeroPoint + requantiseTflite(x, x >= 0 ? identity : slope);
  });
}

/** Of values from zero on, and of products with alpha. Source: CalculatePreluParams. */
export function preluScales(input: Quantisation, alpha: Quantisation, output: Quantisation): readonly [number, number] {
  return [input.scale / output.scale, (input.scale * alpha.scale) / output.scale];
}

/** For one value of alpha. Source: reference_ops::BroadcastPrelu4DSlow. */
export function preluTable(input: Quantisation, alpha: Quantisation, output: Quantisation, slope: number): Table {
  const [identity, negative] = preluScales(input, alpha, output).map(tfliteMultiplier);
  return tableOf(q => {
    const x = q - input.zeroPoint;
    const y = x >= 0 ? requantiseTflite(x, identity) : requantiseTflite(x * (slope - alpha.zeroPoint), negative);
    return y + output.zeroPoint;
  });
}

/** Source: EluEval of TensorFlow Lite Micro, PopulateLookupTable: real numbers in float32, rounded away from zero. Alpha is 1. */
export function eluTable(input: Quantisation, output: Quantisation): Table {
  const inverse = float(1 / output.scale);
  return tableOf(q => {
    const x = float(input.scale * (q - input.zeroPoint));
    const y = float(x < 0 ? exponential(x) - 1 : x);
    const steps = float(y * inverse);
    return Math.sign(steps) * Math.round(Math.abs(steps)) + output.zeroPoint;
  });
}

/** Source: reference_integer_ops::Logistic; CalculateArithmeticOpDataLogistic. Output scale 1/256, zero point -128. */
export function logisticTable(input: Quantisation): Table {
  return ofQ4(input, a => roundingDivideByPowerOfTwo(logistic(a), 23) - 128);
}

/** Source: reference_integer_ops::Tanh; CalculateArithmeticOpData of tanh.cc. Output scale 1/128, zero point 0. */
export function tanhTable(input: Quantisation): Table {
  return ofQ4(input, a => roundingDivideByPowerOfTwo(tanh(a), 24));
}

/** A function of the real input with 4 integer bits; beyond their range, the ends of int8. */
function ofQ4(input: Quantisation, of: (a: number) => number): Table {
  const factor = tfliteMultiplier(input.scale * 2 ** 27);
  const radius = Math.floor((15 * 2 ** 27) / 2 ** factor.shift);
  return tableOf(q => {
    const x = q - input.zeroPoint;
    if (x <= -radius) return -128;
    return x >= radius ? 127 : of(requantiseTflite(x, factor));
  });
}

/** Undefined where TFLite refuses the scales. Source: reference_ops::HardSwish; HardSwishPrepare. */
export function hardSwishTable(input: Quantisation, output: Quantisation): Table | undefined {
  const hires = float(float(1 / 128) * input.scale);
  const toOutput = int16Multiplier(tfliteMultiplier(float(hires / output.scale)));
  const reluish = int16Multiplier(tfliteMultiplier(float(hires / float(3 / 32768))));
  if (toOutput.shift > 0) return undefined;
  return tableOf(q => {
    const x = (q - input.zeroPoint) * 128;
    const scaled = doublingHigh16(x, toOutput.multiplier);
    let factor = x;
    if (reluish.shift > 0) factor = saturate16(factor * 2 ** (reluish.shift - 1));
    factor = doublingHigh16(factor, reluish.multiplier);
    if (reluish.shift > 0) factor = saturate16(factor * 2);
    if (reluish.shift < 0) factor = roundingDivideByPowerOfTwo(factor, -reluish.shift);
    factor = Math.floor((factor + 2 ** 15) / 2);
    const product = Math.trunc((factor * scaled) / 2 ** 15);
    return wrap16(roundingDivideByPowerOfTwo(product, -toOutput.shift) + output.zeroPoint);
  });
}

/** Source: DownScaleInt32ToInt16Multiplier. */
function int16Multiplier({ multiplier, shift }: Multiplier): Multiplier {
  return { multiplier: Math.min(Math.floor((multiplier + 2 ** 15) / 2 ** 16), 2 ** 15 - 1), shift };
}

/** gemmlowp's SaturatingRoundingDoublingHighMul of int16: a half goes away from zero. Both are never -2^15 here. */
function doublingHigh16(a: number, b: number): number {
  const product = a * b;
  return Math.trunc((product + (product >= 0 ? 2 ** 14 : 1 - 2 ** 14)) / 2 ** 15);
}

const saturate16 = (x: number): number => clamp(x, -(2 ** 15), 2 ** 15 - 1);
const wrap16 = (x: number): number => (x << 16) >> 16;
