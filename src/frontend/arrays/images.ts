import { fail } from '../../diagnostics/diagnostic.js';
import { elementCount, formatShape, type Shape } from '../../ir/tensor.js';
import { positionOf } from './elements.js';
import { readNpy } from './npy.js';
import { formatDims, quoteName } from './quote.js';

/** Input vectors of a model, back to back. */
export type InputSet = {
  readonly count: number;
  /** Of one input; NHWC, and 1 x 1 x K for a vector of K. */
  readonly shape: Shape;
} & (
  | {
      /** 0..255, to be quantised with the model's input scale and zero point. */ readonly kind: 'pixels';
      readonly data: Uint8Array;
    }
  | { /** Taken as it is. */ readonly kind: 'quantised'; readonly data: Int8Array | Int16Array }
  | { /** In real units, finite. */ readonly kind: 'real'; readonly data: Float32Array }
);

/** Input number `index` of a set, as a view. */
export function inputAt(set: InputSet, index: number): Uint8Array | Int8Array | Int16Array | Float32Array {
  const size = elementCount(set.shape);
  return set.data.subarray(index * size, (index + 1) * size);
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((d, i) => d === b[i]);
}

/** Why the dimensions of one input are not those of the model, in the words of the person who can change it. */
function shapeHint(dims: readonly number[], expected: Shape): string | undefined {
  const { height, width, channels } = expected;
  if (sameDims(dims, [channels, height, width])) return 'the channels come first: store np.transpose(x, (0, 2, 3, 1))';
  if (sameDims(dims, [height, width]) && channels === 1) return 'add the axis of channels: x[..., None]';
  return undefined;
}

function inputShape(path: string, dims: readonly number[], expected: Shape | undefined): Shape {
  const one = dims.slice(1);
  const shape =
    one.length === 3
      ? { height: one[0], width: one[1], channels: one[2] }
      : one.length === 1
        ? { height: 1, width: 1, channels: one[0] }
        : undefined;
  const what = `array file ${quoteName(path)} has shape ${formatDims(dims)}`;
  const hint = expected === undefined ? undefined : shapeHint(one, expected);
  if (expected !== undefined && sameDims(dims, [expected.height, expected.width, expected.channels])) {
    fail('E0404', `${what}, one input without the axis N`, { hint: 'add the axis: x[None]' });
  }
  if (shape === undefined) return fail('E0404', `${what}, where inputs are [N, H, W, C] or [N, K]`, { hint });
  if (dims[0] === 0 || elementCount(shape) === 0) fail('E0404', `${what}: there is no input in it`);
  if (expected === undefined) return shape;
  const fits = sameDims(one, [expected.height, expected.width, expected.channels]);
  // A flat vector stands for any input with as many elements; NHWC order is the order of the C array.
  if (!fits && !(one.length === 1 && one[0] === elementCount(expected))) {
    fail('E0404', `${what}, where the input of the model is ${formatShape(expected)}`, { hint });
  }
  return expected;
}

/**
 * Reads the .npy of `--images`, `--inputs` or `--calibration`: uint8 pixels, integers as the model takes them, or floats in
 * real units; [N, H, W, C] or [N, K].
 * @param expected input shape of the model, when it is known; the file is held against it
 * @param quantised the type of integers that the model takes
 * @throws CompileError E0401 to E0403 (see {@link readNpy}), E0404 for another shape, E0405 for another element type, E0406
 * for a value that is not finite
 */
export function readInputs(path: string, expected?: Shape, quantised: 'i8' | 'i16' = 'i8'): InputSet {
  const { dtype, shape: dims, data } = readNpy(path);
  const integer = data instanceof Int8Array || data instanceof Int16Array;
  if ((integer && dtype !== quantised) || data instanceof Int32Array) {
    const wanted = quantised === 'i16' ? 'int16' : 'int8';
    return fail(
      'E0405',
      `array file ${quoteName(path)} has elements of type ${dtype}, which is no type of this input`,
      {
        hint: `store pixels in 0..255 as uint8, quantised inputs as ${wanted}, real units as float32: x.astype(np.uint8)`,
      },
    );
  }
  const shape = inputShape(path, dims, expected);
  const count = dims[0];
  if (data instanceof Uint8Array) return { count, shape, kind: 'pixels', data };
  if (integer) return { count, shape, kind: 'quantised', data };
  const real = data instanceof Float32Array ? data : Float32Array.from(data);
  const bad = real.findIndex(x => !Number.isFinite(x));
  if (bad >= 0) {
    fail('E0406', `array file ${quoteName(path)} has a value that is not finite in float32: ${data[bad]}`, {
      notes: [`the first one is at ${formatDims(positionOf(bad, dims))}`],
    });
  }
  return { count, shape, kind: 'real', data: real };
}

export interface LabelExpectations {
  /** Number of images that the labels belong to. */
  readonly count?: number;
  /** Number of classes: every label is below it. */
  readonly classes?: number;
}

/**
 * Reads the .npy of `--labels`: uint8, int8, int16, int32 or int64, [N] or, as Keras has it, [N, 1].
 * @throws CompileError E0401 to E0403 (see {@link readNpy}), E0407 for another shape, type, number or range
 */
export function readLabels(path: string, expected: LabelExpectations = {}): Int32Array {
  const { dtype, shape, data } = readNpy(path);
  const what = `labels file ${quoteName(path)}`;
  if (dtype === 'f32' || dtype === 'f64') {
    fail('E0407', `${what} has elements of type ${dtype}, where labels are whole numbers`, {
      hint: 'store class indices: x.astype(np.int32), after x.argmax(axis=1) if they are one-hot',
    });
  }
  if (!(shape.length === 1 || (shape.length === 2 && shape[1] === 1))) {
    fail('E0407', `${what} has shape ${formatDims(shape)}, where labels are [N]`, {
      hint: shape.length === 2 ? 'store class indices instead of one-hot rows: x.argmax(axis=1)' : undefined,
    });
  }
  if (expected.count !== undefined && shape[0] !== expected.count) {
    fail('E0407', `${what} has ${shape[0]} labels for ${expected.count} images`);
  }
  const labels = Int32Array.from(data);
  const limit = expected.classes ?? Infinity;
  const bad = labels.findIndex(label => label < 0 || label >= limit);
  if (bad >= 0) {
    const range = expected.classes === undefined ? 'from 0' : `0 to ${expected.classes - 1}`;
    fail('E0407', `${what} has the label ${labels[bad]} at ${bad}, where class indices are ${range}`);
  }
  return labels;
}
