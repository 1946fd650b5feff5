/**
 * Requantisation: from an int32 accumulator to an int8 value, by a named rounding rule. Each rule is written out in
 * docs/numeric.md; the functions here are the definition that the generated C must equal.
 */

/** Names of the rounding rules. */
export const roundings = ['native', 'tflite', 'tflite-single'] as const;

export type Rounding = (typeof roundings)[number];

/** A real factor as fixed point: what it means depends on the rounding rule. */
export interface Multiplier {
  /** int32. */
  readonly multiplier: number;
  /** Left shift when positive, right shift when negative; -31 to 15, factors below 2^15. Always 0 under `native`. */
  readonly shift: number;
}

/**
 * floor((a * b + add) / 2^shift), exact, for `a` and `b` whose product has 63 bits at most and `b` in int32, `add` zero or a power of
 * two up to 2^61, and `shift` in 16 to 62. A double holds 53 bits, so `a` and `add` are taken in two halves.
 */
function floorMultiplyShift(a: number, b: number, add: number, shift: number): number {
  if (shift < 16) throw new RangeError(`a product cannot be shifted right by ${shift}: the factor is 2^15 or more`);
  const high = Math.floor(a / 65536);
  const low = a - high * 65536;
  const addHigh = Math.floor(add / 65536);
  const addLow = add - addHigh * 65536;
  // a * b + add = (high * b + addHigh) * 2^16 + low * b + addLow, with |high * b| < 2^47, addHigh < 2^46 and |low * b| < 2^47.
  return Math.floor((high * b + addHigh + Math.floor((low * b + addLow) / 65536)) / 2 ** (shift - 16));
}

/** `native`: floor((acc * 2^preShift * multiplier + 2^31) / 2^32). Half an output step rounds up. */
export function requantiseNative(acc: number, multiplier: number, preShift: number): number {
  return floorMultiplyShift(acc * 2 ** preShift, multiplier, 2 ** 31, 32);
}

/** gemmlowp's SaturatingRoundingDoublingHighMul, without the one case that saturates (both INT32_MIN). */
export function doublingHighMultiply(a: number, b: number): number {
  return floorMultiplyShift(a, b, 2 ** 30, 31);
}

/** gemmlowp's RoundingDivideByPOT: divides by 2^exponent; a half goes away from zero. */
export function roundingDivideByPowerOfTwo(x: number, exponent: number): number {
  const divisor = 2 ** exponent;
  const floor = Math.floor(x / divisor);
  const remainder = x - floor * divisor;
  const threshold = Math.floor((divisor - 1) / 2) + (x < 0 ? 1 : 0);
  return floor + (remainder > threshold ? 1 : 0);
}

/** `tflite`: the double rounding of the TFLite reference kernels, MultiplyByQuantizedMultiplier. */
export function requantiseTflite(acc: number, { multiplier, shift }: Multiplier): number {
  const left = Math.max(shift, 0);
  return roundingDivideByPowerOfTwo(doublingHighMultiply(acc * 2 ** left, multiplier), Math.max(-shift, 0));
}

/** `tflite-single`: floor((acc * multiplier + 2^(30 - shift)) / 2^(31 - shift)). */
export function requantiseTfliteSingle(acc: number, { multiplier, shift }: Multiplier): number {
  return floorMultiplyShift(acc, multiplier, 2 ** (30 - shift), 31 - shift);
}

/**
 * TFLite's MultiplyByQuantizedMultiplier of an int64 accumulator, which it has where a bias is int64: a multiplier of 16 bits, and
 * floor((acc * multiplier + 2^(14 - shift)) / 2^(15 - shift)). Exact for |acc| < 2^47 and results in int32.
 */
export function requantiseLong(acc: number, { multiplier, shift }: Multiplier): number {
  const right = 15 - shift;
  // Shifts below 16 are made 16 by a larger multiplier; accumulators are then small, or the result would leave int32.
  const scaled = right < 16 ? multiplier * 2 ** (16 - right) : multiplier;
  return floorMultiplyShift(acc, scaled, 2 ** (Math.max(right, 16) - 1), Math.max(right, 16));
}

/** The multiplier of {@link requantiseLong}: that of the other TFLite rules, rounded to 16 bits. */
export function longMultiplier(scale: number): Multiplier {
  const { multiplier, shift } = tfliteMultiplier(scale);
  return { multiplier: multiplier < 0x7fff0000 ? Math.floor((multiplier + 2 ** 15) / 2 ** 16) : 0x7fff, shift };
}

/** Requantises by the named rule, before the zero point is added. `preShift` matters to `native` only. */
export function requantise(rounding: Rounding, acc: number, factor: Multiplier, preShift: number): number {
  switch (rounding) {
    case 'native':
      return requantiseNative(acc, factor.multiplier, preShift);
    case 'tflite':
      return requantiseTflite(acc, factor);
    case 'tflite-single':
      return requantiseTfliteSingle(acc, factor);
  }
}

/**
 * TFLite's QuantizeMultiplier: scale = multiplier / 2^31 * 2^shift with |multiplier| in [2^30, 2^31).
 * Scales below 2^-32 become zero, as there.
 */
export function tfliteMultiplier(scale: number): Multiplier {
  if (scale === 0) return { multiplier: 0, shift: 0 };
  const magnitude = Math.abs(scale);
  let shift = Math.floor(Math.log2(magnitude)) + 1;
  // log2 is not exact near powers of two; the fraction must lie in [0.5, 1).
  while (magnitude / 2 ** shift >= 1) shift++;
  while (magnitude / 2 ** shift < 0.5) shift--;
  let multiplier = Math.round((magnitude / 2 ** shift) * 2 ** 31);
  if (multiplier === 2 ** 31) {
    multiplier /= 2;
    shift++;
  }
  if (shift < -31) return { multiplier: 0, shift: 0 };
  return { multiplier: Math.sign(scale) * multiplier, shift };
}

/** The least left shift of the accumulators under which all `scales` fit a `native` multiplier; mostly 0. */
export function nativePreShift(scales: Iterable<number>): number {
  let largest = 0;
  for (const scale of scales) largest = Math.max(largest, Math.abs(scale));
  let preShift = 0;
  while (Math.round(largest * 2 ** (32 - preShift)) >= 2 ** 31) preShift++;
  return preShift;
}

export function nativeMultiplier(scale: number, preShift: number): Multiplier {
  // Rounded by magnitude, so that -scale has the negated multiplier.
  const multiplier = Math.sign(scale) * Math.round(Math.abs(scale) * 2 ** (32 - preShift));
  return { multiplier: multiplier + 0, shift: 0 };
}

/** The multiplier of a rule for a real factor. */
export function quantiseMultiplier(rounding: Rounding, scale: number, preShift: number): Multiplier {
  return rounding === 'native' ? nativeMultiplier(scale, preShift) : tfliteMultiplier(scale);
}

/** Is a factor, 0 or more, below 2^bits as a multiplier of every rule? One that rounds to that is not. */
export function fitsMultiplier(scale: number, bits = 15): boolean {
  return scale < 2 ** bits && tfliteMultiplier(scale).shift <= bits;
}

/** Bits of the largest factor of {@link requantiseLong}. Source: TFLite, MultiplyByQuantizedMultiplier of int64. */
export const longFactorBits = 7;

/** The real factor that a multiplier of a rule stands for. */
export function factorOf(rounding: Rounding, { multiplier, shift }: Multiplier, preShift: number): number {
  return rounding === 'native' ? multiplier / 2 ** (32 - preShift) : multiplier * 2 ** (shift - 31);
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** Bits of a signed integer type that holds -bound to bound. */
export function signedBits(bound: number): number {
  return bound === 0 ? 1 : Math.floor(Math.log2(bound)) + 2;
}
