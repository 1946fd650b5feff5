/**
 * TensorFlow Lite's integer arithmetic, written down again in BigInt: what is expected in tests never comes from the code under
 * test. Sources: tensorflow/lite/kernels/internal: quantization_util.cc, common.cc; gemmlowp fixedpoint.h.
 */

type Range = readonly [low: bigint, high: bigint];

const int16: Range = [-32768n, 32767n];
const int8: Range = [-128n, 127n];

const one = 1n;

/** QuantizeMultiplier: a real factor as fixed point with 31 bits and a power of two. */
export function quantized(real: number): readonly [multiplier: bigint, shift: number] {
  let [fraction, shift] = [Math.abs(real), 0];
  if (fraction === 0) return [0n, 0];
  for (; fraction >= 1; fraction /= 2) shift++;
  for (; fraction < 0.5; fraction *= 2) shift--;
  let multiplier = BigInt(Math.floor(fraction * 2 ** 31 + 0.5));
  if (multiplier === one << 31n) {
    multiplier /= 2n;
    shift++;
  }
  if (shift < -31) return [0n, 0];
  return [real < 0 ? -multiplier : multiplier, shift];
}

/** MultiplyByQuantizedMultiplier of int32, which rounds twice. */
export function times32(x: bigint, real: number): bigint {
  const [multiplier, shift] = quantized(real);
  const product = x * (one << BigInt(Math.max(shift, 0))) * multiplier;
  const high = (product + (product >= 0n ? one << 30n : one - (one << 30n))) / (one << 31n);
  const right = BigInt(Math.max(-shift, 0));
  const mask = (one << right) - one;
  const threshold = (mask >> one) + (high < 0n ? one : 0n);
  return (high >> right) + ((high & mask) > threshold ? one : 0n);
}

/** MultiplyByQuantizedMultiplier of int64: 16 bits of the multiplier, and one rounding. */
export function times64(x: bigint, real: number): bigint {
  const [multiplier, shift] = quantized(real);
  const reduced = multiplier < 0x7fff0000n ? (multiplier + 0x8000n) >> 16n : 0x7fffn;
  const right = BigInt(15 - shift);
  return (x * reduced + (one << (right - one))) >> right;
}

const within = (x: bigint, [low, high]: Range): number => Number(x < low ? low : x > high ? high : x);

export const toInt16 = (x: bigint, low = int16[0], high = int16[1]): number => within(x, [low, high]);
export const toInt8 = (x: bigint): number => within(x, int8);

/** AddElementwise of int16; SUB has the other sign. Scales are those of a file, in float32; SUB divides them so, too. */
export function sum16(a: number, b: number, scales: readonly [number, number, number], sign: 1n | -1n = 1n): number {
  const [sa, sb, so] = scales.map(Math.fround);
  const quotient = (x: number) => (sign > 0n ? x : Math.fround(x));
  const twice = 2 * Math.max(sa, sb);
  const x = times32(BigInt(a) << 15n, quotient(sa / twice));
  const y = times32(BigInt(b) << 15n, quotient(sb / twice));
  return toInt16(times32(x + sign * y, quotient(twice / (32768 * so))));
}

/** MulElementwise of int16. */
export function product16(a: number, b: number, scales: readonly [number, number, number]): number {
  const [sa, sb, so] = scales.map(Math.fround);
  return toInt16(times32(BigInt(a) * BigInt(b), (sa * sb) / so));
}

/** QuantizedMeanOrSum of int16, of one channel. */
export function mean16(values: readonly number[], from: number, to: number): number {
  let [multiplier, shift] = quantized(Math.fround(from) / Math.fround(to));
  const count = BigInt(values.length);
  const bits = Math.min(count.toString(2).length - 1, 32, 31 + shift);
  multiplier = (multiplier << BigInt(bits)) / count;
  shift -= bits;
  const total = values.reduce((all, value) => all + BigInt(value), 0n);
  // times32 with a multiplier as it is: the real factor is not what TFLite has any more.
  const product = total * (one << BigInt(Math.max(shift, 0))) * multiplier;
  const high = (product + (product >= 0n ? one << 30n : one - (one << 30n))) / (one << 31n);
  const right = BigInt(Math.max(-shift, 0));
  const mask = (one << right) - one;
  return toInt16((high >> right) + ((high & mask) > (mask >> one) + (high < 0n ? one : 0n) ? one : 0n));
}

/** AveragePool of int16: halves away from zero. */
export function average16(values: readonly number[]): number {
  const total = values.reduce((all, value) => all + BigInt(value), 0n);
  const count = BigInt(values.length);
  return toInt16(total > 0n ? (total + count / 2n) / count : (total - count / 2n) / count);
}
