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

/** sigmoid_table_uint16: 2^16 * sigmoid(i / 24), bent so that interpolation errs as much at both ends as in the middle. */
export const sigmoidTable: readonly bigint[] = Array.from({ length: 256 }, (_, i) => {
  const at = (x: number) => 65536 / (1 + Math.exp(-x / 24));
  const error = at(i + 0.5) - (at(i) + at(i + 1)) / 2;
  return i === 255 ? 65535n : BigInt(Math.round(at(i) + error / 2));
});

/** The multiplier and shift of Logistic and Tanh of int16; a multiplier of 0 says that the scale is a power of two. */
function curveInput(scale: number, shifts: readonly number[]): readonly [bigint, bigint] {
  const log2 = Math.log(scale) / Math.LN2;
  const left = 12 + Math.round(log2);
  if (Math.abs(log2 - Math.round(log2)) < 1e-3 && shifts.includes(left)) return [3n << BigInt(left), 0n];
  let [multiplier, shift] = [scale * 4096 * 3, 0];
  while (multiplier <= 32767 / 2 && shift <= 30) {
    shift++;
    multiplier *= 2;
  }
  return [BigInt(Math.trunc(multiplier)), BigInt(shift)];
}

const scaledInput = (x: number, [multiplier, shift]: readonly [bigint, bigint]): bigint =>
  (BigInt(x) * multiplier + (shift > 0n ? one << (shift - one) : 0n)) >> shift;

const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);

/** Logistic of int16. */
export function logistic16(x: number, scale: number): number {
  const input = scaledInput(x, curveInput(Math.fround(scale), [0]));
  const high = Number(magnitude(input) >> 9n);
  const rest = magnitude(input) & 0x1ffn;
  const result =
    high >= 255 ? 0x7fffn << 10n : (sigmoidTable[high] << 9n) + rest * (sigmoidTable[high + 1] - sigmoidTable[high]);
  const rounded = input >= 0n ? result + 512n : (one << 25n) - result + 512n - one;
  return Number(BigInt.asIntN(16, rounded >> 10n));
}

/** Tanh of int16. */
export function tanh16(x: number, scale: number): number {
  const input = scaledInput(x, curveInput(Math.fround(scale), [0, 1]));
  const high = Number(magnitude(input) >> 8n);
  const rest = magnitude(input) & 0xffn;
  const result =
    high >= 255 ? 0xffffn << 8n : (sigmoidTable[high] << 8n) + rest * (sigmoidTable[high + 1] - sigmoidTable[high]);
  const rounded = input >= 0n ? result - (one << 23n) + (one << 7n) : -result + (one << 23n) + (one << 7n) - one;
  return Number(BigInt.asIntN(16, rounded >> 8n));
}

/** LUTPopulate of int16, in float32. */
function populated(from: number, to: number, of: (x: number) => number): bigint[] {
  const f = Math.fround;
  const round = (x: number) => (x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5));
  const step = f((to - from) / 512);
  const table: bigint[] = [];
  for (let i = 0; i < 512; i++) {
    const value = of(f(from + f(i * step)));
    const middle = of(f(f(from + f(i * step)) + step / 2));
    const next = of(f(from + f((i + 1) * step)));
    const sample = round(f(value * 32768));
    const interpolated = round(f(f(f(next * 32768) + sample) / 2));
    const bias = round((interpolated - round(f(middle * 32768))) / 2);
    table.push(BigInt(Math.min(sample - bias, 32767)));
  }
  return [...table, BigInt(Math.min(round(f(of(to) * 32768)), 32767))];
}

export const exponentials: readonly bigint[] = populated(-10, 0, x => Math.fround(Math.exp(x)));
export const reciprocals: readonly bigint[] = populated(0, 1, x => Math.fround(1 / Math.fround(1 + x)));

function lookUp(table: readonly bigint[], value: bigint): bigint {
  const place = Number(256n + (value >> 7n));
  return table[place] + (((table[place + 1] - table[place]) * (value & 0x7fn) + 64n) >> 7n);
}

/** SoftmaxInt16 over one position. */
export function softmax16(values: readonly number[], scale: number): number[] {
  const largest = Math.max(...values);
  const powers = values.map(x => {
    const place = times32(BigInt(x - largest), Math.fround(scale) / (10 / 65535)) + 32767n;
    return lookUp(exponentials, place < -32768n ? -32768n : place);
  });
  const sum = powers.reduce((a, b) => a + b, 0n);
  const headroom = BigInt(32 - sum.toString(2).length);
  const shifted = ((sum << (headroom - one)) + (one << 13n)) >> 14n;
  const centred = shifted - ((one << 15n) + (one << 16n));
  const scaleOf = lookUp(reciprocals, centred > 32767n ? 32767n : centred);
  const right = 31n - headroom;
  return powers.map(power => toInt16((power * scaleOf + (one << (right - one))) >> right, 0n, 32767n));
}
