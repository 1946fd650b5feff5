import { z } from 'zod';
import { exponential } from '../../numeric/elementary.js';
import { clamp, type Multiplier, requantiseTflite, tfliteMultiplier } from '../../numeric/requantise.js';

/** How differences of int16 become places in the table of exponentials; there in integer graphs only. */
export const wideSchema = z.strictObject({
  multiplier: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  shift: z.int().min(-31).max(15),
});

/** Places of the tables, and the end of the last one. */
const places = 512;

const float = Math.fround;
const awayFromZero = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5);

/**
 * 2^15 times a function at 513 places, less half of what interpolation is wrong in the middle of two; each step in float32.
 * Source: TFLite, LUTPopulateInt16.
 */
function tableOf(from: number, to: number, of: (x: number) => number): number[] {
  const step = (to - from) / places;
  const value = (i: number) => float(float(of(float(from + i * step))) * 2 ** 15);
  return Array.from({ length: places + 1 }, (_, i) => {
    const here = awayFromZero(value(i));
    if (i === places) return Math.min(here, 2 ** 15 - 1);
    const between = awayFromZero(float(float(value(i + 1) + here) / 2));
    const wrong = between - awayFromZero(value(i + 0.5));
    return Math.min(here - awayFromZero(wrong / 2), 2 ** 15 - 1);
  });
}

/** exp(x) for x from -10 to 0. */
export const exponentialTable: readonly number[] = tableOf(-10, 0, exponential);

/** 1 / (1 + x) for x from 0 to 1. */
export const reciprocalTable: readonly number[] = tableOf(0, 1, x => float(1 / float(1 + x)));

/** A value of a table for an int16, interpolated. Source: TFLite, LUTLookup. */
export function lookedUp(table: readonly number[], value: number): number {
  const place = 256 + Math.floor(value / 128);
  const rest = value - Math.floor(value / 128) * 128;
  return table[place] + Math.floor(((table[place + 1] - table[place]) * rest + 64) / 128);
}

/** Differences so large that 0 to -65535 stand for 0 to -10; undefined where TFLite's product would leave int32. */
export function differenceFactor(scale: number): Multiplier | undefined {
  const factor = tfliteMultiplier(scale / (10 / 65535));
  return factor.shift <= 15 ? factor : undefined;
}

/**
 * Probabilities of values of int16, in steps of 2^-15.
 * Source: TFLite reference kernel SoftmaxInt16.
 */
export function softmaxOf(values: ArrayLike<number>, factor: Multiplier): number[] {
  let largest = -(2 ** 15);
  for (let c = 0; c < values.length; c++) largest = Math.max(largest, values[c]);
  const powers = Array.from(values, x => {
    const place = requantiseTflite(x - largest, factor) + 2 ** 15 - 1;
    return lookedUp(exponentialTable, clamp(place, -(2 ** 15), 2 ** 15 - 1));
  });
  const sum = powers.reduce((a, b) => a + b, 0);
  // 1 / sum = 1 / (1 + x) * 2^-exponent, x in [0, 1) in steps of 2^-16.
  const exponent = 31 - Math.clz32(sum);
  const x = Math.floor((sum * 2 ** (30 - exponent) + 2 ** 13) / 2 ** 14) - 2 ** 16;
  const scale = lookedUp(reciprocalTable, Math.min(x - 2 ** 15, 2 ** 15 - 1));
  return powers.map(power => Math.min(Math.floor((power * scale + 2 ** (exponent - 1)) / 2 ** exponent), 2 ** 15 - 1));
}
