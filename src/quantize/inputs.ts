import type { Node } from '../ir/graph.js';
import { type Quantisation, valuesOf } from '../ir/tensor.js';
import { clamp } from '../numeric/requantise.js';

/** What the elements of an input array are: pixels 0..255, integers as the model takes them, or real numbers. */
export type InputKind = 'pixels' | 'quantised' | 'real';

/** Real values of the pixels 0 and 255. */
export type PixelRange = readonly [low: number, high: number];

/** What the values of an input array mean to a model. */
export interface InputMeaning extends Quantisation {
  readonly pixels: PixelRange;
}

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** Scale, zero point and bits as model.ts declares them; undefined where calibration is to find them. */
export function declaredQuantisation({ attributes }: Node): Quantisation | undefined {
  const [scale, zeroPoint] = [number(attributes.scale), number(attributes.zeroPoint)];
  if (scale === undefined || zeroPoint === undefined) return undefined;
  return { scale, zeroPoint, ...(attributes.bits === 16 ? { bits: 16 } : {}) };
}

function pixelRange({ attributes: { pixels } }: Node): PixelRange {
  const [low, high] = Array.isArray(pixels) ? pixels.map(number) : [];
  return [low ?? 0, high ?? 1];
}

/** Of the node that stands for the input, in a float graph or an integer one. Without a scale int8 values are in units of 1. */
export function inputMeaning(source: Node): InputMeaning {
  const quantisation = source.type.quantisation ?? declaredQuantisation(source) ?? { scale: 1, zeroPoint: 0 };
  return { ...quantisation, pixels: pixelRange(source) };
}

/**
 * An input in real units, for the float graph. A pixel p means low + p * (high - low) / 255, which is p / 255 by default;
 * scale and zero point matter to int8 values only.
 */
export function toReal(kind: InputKind, values: ArrayLike<number>, meaning: InputMeaning): Float32Array {
  switch (kind) {
    case 'pixels': {
      const [low, high] = meaning.pixels;
      return Float32Array.from(values, p => low + (p * (high - low)) / 255);
    }
    case 'quantised':
      return Float32Array.from(values, q => meaning.scale * (q - meaning.zeroPoint));
    case 'real':
      return Float32Array.from(values);
  }
}

/** An input as the integer graph takes it. With scale 1/255 and zero point -128, pixel p becomes p - 128. */
export function toQuantised(kind: InputKind, values: ArrayLike<number>, meaning: InputMeaning): Int8Array | Int16Array {
  const result = meaning.bits === 16 ? new Int16Array(values.length) : new Int8Array(values.length);
  if (kind === 'quantised') {
    result.set(values);
    return result;
  }
  const { scale, zeroPoint } = meaning;
  const { low, high } = valuesOf(meaning);
  for (const [i, x] of toReal(kind, values, meaning).entries()) {
    result[i] = clamp(Math.round(x / scale) + zeroPoint, low, high);
  }
  return result;
}

/** As much of either range has to lie in the other one. */
const leastShare = 2 / 3;

/**
 * The range of real values that a declared scale can hold, when pixels do not suit it: less than two thirds of the one
 * range lies in the other. The network was then trained on other values than `pixels` says.
 */
export function rangeThatPixelsMiss(source: Node): PixelRange | undefined {
  const declared = declaredQuantisation(source);
  if (declared === undefined) return undefined;
  const [low, high] = pixelRange(source);
  const { scale, zeroPoint, bits } = source.type.quantisation ?? declared;
  const range = valuesOf({ scale, zeroPoint, bits });
  // int16 is symmetric: where no pixel is below zero, half of it holds nothing.
  const least = bits === 16 && low >= 0 ? 0 : scale * (range.low - zeroPoint);
  const most = scale * (range.high - zeroPoint);
  const shared = Math.min(high, most) - Math.max(low, least);
  return shared < leastShare * Math.max(high - low, most - least) ? [least, most] : undefined;
}
