/**
 * Element types. `f32` before quantisation; `i8` activations and weights; `i16` activations; `i32` biases, accumulators and class
 * indices. `f64` holds scales and other parameters that later become integers.
 */
export type DType = 'f32' | 'f64' | 'i8' | 'i16' | 'i32';

export const dtypeBytes: Readonly<Record<DType, number>> = { f32: 4, f64: 8, i8: 1, i16: 2, i32: 4 };

/** The storage of a tensor, dense and in row-major order. */
export type TensorData = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array;

export function allocate(dtype: DType, length: number): TensorData {
  switch (dtype) {
    case 'f32':
      return new Float32Array(length);
    case 'f64':
      return new Float64Array(length);
    case 'i8':
      return new Int8Array(length);
    case 'i16':
      return new Int16Array(length);
    case 'i32':
      return new Int32Array(length);
  }
}

/** Height, width, channels of an activation; the layout is NHWC with N = 1. A vector of K is 1 x 1 x K. */
export interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** real = scale * (q - zeroPoint) */
export interface Quantisation {
  readonly scale: number;
  /** 0 where `q` has 16 bits. */
  readonly zeroPoint: number;
  /** Bits of `q`; 8 when left out. */
  readonly bits?: 16 | undefined;
}

/** Element types of quantised activations. */
export type ActivationType = 'i8' | 'i16';

/** The least and the greatest value of `q`. */
export interface ValueRange {
  readonly low: number;
  readonly high: number;
}

export const valueRanges: Readonly<Record<ActivationType, ValueRange>> = {
  i8: { low: -128, high: 127 },
  i16: { low: -32768, high: 32767 },
};

/** The element type that a quantisation asks for. */
export const activationType = ({ bits }: Quantisation): ActivationType => (bits === 16 ? 'i16' : 'i8');

/** The values that `q` of a quantisation can have. */
export const valuesOf = (quantisation: Quantisation): ValueRange => valueRanges[activationType(quantisation)];

/** The values that the elements of an integer activation can have. */
export const elementRange = ({ dtype }: TensorType): ValueRange => valueRanges[dtype === 'i16' ? 'i16' : 'i8'];

/** The type of a quantised activation. */
export const quantisedType = (shape: Shape, quantisation: Quantisation): TensorType => ({
  dtype: activationType(quantisation),
  shape,
  quantisation,
});

/** The type of an activation. `quantisation` is there exactly when the dtype is `i8` or `i16`. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantisation?: Quantisation | undefined;
}

/** A parameter that is known at compile time. */
export interface Constant {
  readonly dtype: DType;
  /** Dimensions, outermost first; `[]` is a scalar. */
  readonly shape: readonly number[];
  readonly data: TensorData;
  /** Bits of each value in flash, for int8 weights that need fewer than 8: {@link fitsBits} holds for all of them. */
  readonly bits?: SubByteBits | undefined;
}

/** Widths of weights below 8 bits, the widest first; 2 bits are ternary weights, 1 bit binary ones. */
export const subByteWidths = [4, 3, 2, 1] as const;
export type SubByteBits = (typeof subByteWidths)[number];

/**
 * Sub-byte weights lie in -limit to limit: 7 for 4 bits, 3 for 3, 1 for 2. The value below is left free. It would be used by one side of a
 * symmetric scale only, and two channels in one word (`a + 256 * b`) borrow it where `a` is negative. Of 1 bit, -1 and 1 are all
 * that there is, without a 0.
 */
export const subByteLimit = (bits: SubByteBits): number => (bits === 1 ? 1 : 2 ** (bits - 1) - 1);

/** Is it a value that weights of so many bits have? */
export const fitsBits = (value: number, bits: SubByteBits): boolean =>
  Math.abs(value) <= subByteLimit(bits) && (bits > 1 || value !== 0);

/** The values of weights of so many bits, for messages. */
export const describeSubByte = (bits: SubByteBits): string =>
  bits === 1 ? '-1 or 1' : `in -${subByteLimit(bits)} to ${subByteLimit(bits)}`;

export function elementCount(shape: Shape): number {
  return shape.height * shape.width * shape.channels;
}

/** Elements of one row of an activation: the unit in which effnetc schedules and allocates. */
export function rowElements({ shape }: TensorType): number {
  return shape.width * shape.channels;
}

/** Bytes of one row. */
export function rowBytes(type: TensorType): number {
  return rowElements(type) * dtypeBytes[type.dtype];
}

export function byteCount(type: TensorType): number {
  return type.shape.height * rowBytes(type);
}

export function formatShape(shape: Shape): string {
  return `${shape.height}x${shape.width}x${shape.channels}`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.height === b.height && a.width === b.width && a.channels === b.channels;
}

export function constant(dtype: DType, shape: readonly number[], data: ArrayLike<number>): Constant {
  const storage = allocate(dtype, data.length);
  storage.set(data);
  return { dtype, shape, data: storage };
}
