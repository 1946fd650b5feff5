import type { Refuse } from './bounded-file.js';

/** Element types of arrays in memory. */
export type ElementType = 'u8' | 'i8' | 'i16' | 'i32' | 'f32' | 'f64';

/** Element types of arrays in files; `i64`, `f16` and `bf16` are converted while reading. */
export type StoredType = ElementType | 'i64' | 'f16' | 'bf16';

export type ArrayData = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** A dense array in row-major order. */
export interface NumericArray {
  readonly dtype: ElementType;
  /** Dimensions, outermost first; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly data: ArrayData;
}

export const storedBytes: Readonly<Record<StoredType, number>> = {
  u8: 1,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
};

/** Dimensions beyond this are of no use to a network, and numpy before 2.0 had the same limit. */
export const maxRank = 32;

/** Product of the dimensions; undefined when a dimension is not a whole number from 0 or the product passes 2^53. */
export function elementsOf(shape: readonly number[]): number | undefined {
  if (!shape.every(d => Number.isSafeInteger(d) && d >= 0)) return undefined;
  if (shape.includes(0)) return 0;
  let product = 1;
  for (const d of shape) {
    product *= d;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
}

/** IEEE 754 binary16 to a number: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Low and high words of little-endian int64 values, as int32; the value fits when the high word only repeats the sign. */
function narrowInt64(words: Int32Array, refuse: Refuse): Int32Array {
  const values = new Int32Array(words.length / 2);
  for (let i = 0; i < values.length; i++) {
    const low = words[2 * i];
    const high = words[2 * i + 1];
    if (high !== low >> 31) {
      const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
      refuse(`element ${i} is ${value}: effnetc takes int64 only where every value fits int32`);
    }
    values[i] = low;
  }
  return values;
}

/**
 * Elements from their little-endian bytes. Always a copy, since the bytes in a file need not be aligned; and like every
 * typed array in here it counts on a little-endian host, as all that run Node 20 are, save for s390x.
 */
export function decodeElements(bytes: Uint8Array, stored: StoredType, refuse: Refuse): NumericArray {
  const { buffer } = new Uint8Array(bytes); // not slice(): a Buffer's shares its memory
  const shape = [bytes.length / storedBytes[stored]];
  switch (stored) {
    case 'u8':
      return { dtype: 'u8', shape, data: new Uint8Array(buffer) };
    case 'i8':
      return { dtype: 'i8', shape, data: new Int8Array(buffer) };
    case 'i16':
      return { dtype: 'i16', shape, data: new Int16Array(buffer) };
    case 'i32':
      return { dtype: 'i32', shape, data: new Int32Array(buffer) };
    case 'i64':
      return { dtype: 'i32', shape, data: narrowInt64(new Int32Array(buffer), refuse) };
    case 'f16':
      return { dtype: 'f32', shape, data: Float32Array.from(new Uint16Array(buffer), halfToNumber) };
    case 'bf16': {
      const bits = Uint32Array.from(new Uint16Array(buffer), half => half << 16);
      return { dtype: 'f32', shape, data: new Float32Array(bits.buffer) };
    }
    case 'f32':
      return { dtype: 'f32', shape, data: new Float32Array(buffer) };
    case 'f64':
      return { dtype: 'f64', shape, data: new Float64Array(buffer) };
  }
}

/** The bytes of the elements, as they go into a file. */
export function encodeElements(data: ArrayData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Position of element `index` of a row-major array, outermost dimension first. */
export function positionOf(index: number, shape: readonly number[]): number[] {
  const position: number[] = [];
  let rest = index;
  for (const d of shape.toReversed()) {
    position.unshift(rest % d);
    rest = Math.floor(rest / d);
  }
  return position;
}
