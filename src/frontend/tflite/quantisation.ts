import { fail } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { Quantisation } from '../../ir/tensor.js';
import { quoteName } from '../arrays/quote.js';
import { productOf } from '../import/values.js';
import type { TfliteTensor } from './read-file.js';

const advice = 'convert the network with full integer quantisation: see `effnetc explain E0123`';

/** @throws CompileError E0123 when a tensor is of another type */
export function requireType(tensor: TfliteTensor, types: readonly string[], span: Span): void {
  if (types.includes(tensor.type)) return;
  fail(
    'E0123',
    `tensor ${tensor.index}, ${quoteName(tensor.name)}, has elements of type ${tensor.type}, where ${types.join(' or ')} is needed`,
    {
      span,
      hint: advice,
    },
  );
}

/** Element types of activations. */
export const activationTypes: readonly string[] = ['INT8', 'INT16'];

/** Scale and zero point of an int8 or int16 activation. @throws CompileError E0123, E0125 */
export function activationQuantisation(tensor: TfliteTensor, span: Span): Quantisation {
  requireType(tensor, activationTypes, span);
  if (tensor.type === 'INT8') return tensorQuantisation(tensor, span, [-128, 127]);
  return { ...tensorQuantisation(tensor, span, [0, 0]), bits: 16 };
}

/** The one scale and zero point of a tensor; `range` is that of the zero point. @throws CompileError E0125 */
export function tensorQuantisation(
  tensor: TfliteTensor,
  span: Span,
  [least, most]: readonly [number, number],
): Quantisation {
  const { scales, zeroPoints } = tensor;
  const label = `tensor ${tensor.index}, ${quoteName(tensor.name)},`;
  if (scales.length === 0) {
    fail('E0125', `${label} has no quantisation parameters`, { span, hint: advice });
  }
  const [scale] = scales;
  const [zeroPoint = 0] = zeroPoints;
  const sound = scales.length === 1 && zeroPoints.length <= 1 && scale > 0 && Number.isFinite(scale);
  if (!sound || !Number.isInteger(zeroPoint) || zeroPoint < least || zeroPoint > most) {
    fail('E0125', `${label} has quantisation parameters that an activation cannot have`, {
      span,
      notes: [`scales ${shown(scales)}, zero points ${shown(zeroPoints)}`],
    });
  }
  return { scale, zeroPoint };
}

const shown = (values: readonly number[]): string =>
  `${values.slice(0, 4).join(', ')}${values.length > 4 ? `, ... (${values.length})` : ''}` || 'none';

/**
 * The scales of int8 weights, one for each output channel.
 * @throws CompileError E0123, E0125 when they are not symmetric int8 with a scale for all or for each channel
 */
export function weightScales(tensor: TfliteTensor, axis: number, channels: number, span: Span): Float64Array {
  requireType(tensor, ['INT8'], span);
  const { scales, zeroPoints, quantizedDimension } = tensor;
  const label = `the weights, tensor ${tensor.index}, ${quoteName(tensor.name)},`;
  const perChannel = scales.length === channels && (channels === 1 || quantizedDimension === axis);
  if (scales.length !== 1 && !perChannel) {
    fail(
      'E0125',
      `${label} have ${scales.length} scales along axis ${quantizedDimension}, for ${channels} channels along axis ${axis}`,
      {
        span,
        hint: scales.length === 0 ? advice : undefined,
      },
    );
  }
  const unusable = scales.find(scale => !(scale >= 0 && Number.isFinite(scale)));
  if (unusable !== undefined) fail('E0125', `${label} have a scale of ${unusable}`, { span });
  if (zeroPoints.some(zero => zero !== 0)) {
    fail('E0125', `${label} have zero points other than 0`, {
      span,
      hint: 'int8 weights are symmetric in TensorFlow Lite',
    });
  }
  return Float64Array.from({ length: channels }, (_, o) => scales[perChannel ? o : 0]);
}

/** The elements of a constant int8 tensor. @throws CompileError E0121 when there are fewer bytes than the shape needs */
export function int8Data(tensor: TfliteTensor, span: Span): Int8Array {
  requireType(tensor, ['INT8'], span);
  const bytes = dataOf(tensor, 1, span);
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Likewise of an int8 or int16 tensor: operands. */
export function activationData(tensor: TfliteTensor, span: Span): Int8Array | Int16Array {
  requireType(tensor, activationTypes, span);
  if (tensor.type === 'INT8') return int8Data(tensor, span);
  const bytes = dataOf(tensor, 2, span);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Int16Array.from({ length: productOf(tensor.dims) }, (_, i) => view.getInt16(2 * i, true));
}

/** Likewise of an int32 or int64 tensor: shapes, axes, biases. */
export function integerData(tensor: TfliteTensor, span: Span): readonly number[] {
  requireType(tensor, ['INT32', 'INT64'], span);
  const wide = tensor.type === 'INT64';
  const bytes = dataOf(tensor, wide ? 8 : 4, span);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: productOf(tensor.dims) }, (_, i) =>
    wide ? Number(view.getBigInt64(8 * i, true)) : view.getInt32(4 * i, true),
  );
}

function dataOf(tensor: TfliteTensor, elementBytes: number, span: Span): Uint8Array {
  const label = `tensor ${tensor.index}, ${quoteName(tensor.name)},`;
  if (tensor.sparse)
    fail('E0122', `${label} is stored sparsely`, { span, hint: 'convert the network without sparsity' });
  const needed = productOf(tensor.dims) * elementBytes;
  const found = tensor.data?.length ?? 0;
  if (found !== needed) {
    fail('E0121', `${label} has ${found} bytes, and its shape needs ${needed}`, { span });
  }
  return tensor.data ?? new Uint8Array();
}
