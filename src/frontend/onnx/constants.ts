import { fail } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import { clamp } from '../../numeric/requantise.js';
import { quoteName } from '../arrays/quote.js';
import type { ImportBuilder } from '../import/import-builder.js';
import { DamagedMessage } from './protobuf.js';
import type { OnnxTensor } from './read-file.js';

/** How elements of a constant stand for real numbers; several scales go along `axis`. */
export interface ConstantScale {
  readonly scales: ArrayLike<number>;
  /** As many as scales, of the element type of the file; missing ones are 0. */
  readonly zeroPoints: ArrayLike<number>;
  readonly axis: number;
  /** The elements are real numbers still, which a QuantizeLinear makes this type. */
  readonly rounds?: 'INT8' | 'UINT8' | undefined;
}

/** A constant of the network, with its scale where it is quantised. */
export interface OnnxConstant {
  readonly tensor: OnnxTensor;
  readonly quantisation?: ConstantScale | undefined;
}

const numeric = ['FLOAT', 'DOUBLE', 'INT8', 'UINT8', 'INT32', 'INT64', 'BOOL'];

/** The elements as the file has them. @throws CompileError E0121, E0123 */
export function elementsOf(tensor: OnnxTensor, builder: ImportBuilder, span: Span): ArrayLike<number> {
  const label = `the constant ${quoteName(tensor.name)}`;
  if (tensor.external) {
    fail('E0122', `${label} is kept in another file`, {
      span,
      hint: 'save the model as one file: onnx.save(onnx.load(path), path, save_as_external_data=False)',
    });
  }
  if (!numeric.includes(tensor.type)) {
    fail('E0123', `${label} has elements of type ${tensor.type}`, {
      span,
      hint: 'export the network as float32 or int8',
    });
  }
  builder.claim(
    tensor.dims.reduce((a, b) => a * b, 1),
    span,
  );
  try {
    return tensor.read();
  } catch (error) {
    if (!(error instanceof DamagedMessage)) throw error;
    return fail('E0121', `${label} is damaged`, { span, notes: [`${error.where}: ${error.problem}`] });
  }
}

/** For each element, the number of its scale. */
function scaleIndex({ tensor }: OnnxConstant, { scales, axis }: ConstantScale, span: Span): (i: number) => number {
  const { dims } = tensor;
  const at = axis < 0 ? axis + dims.length : axis;
  const count = scales.length;
  if (count === 1) return () => 0;
  if (dims[at] !== count) {
    fail(
      'E0125',
      `the constant ${quoteName(tensor.name)} has ${count} scales for axis ${axis} of [${dims.join(', ')}]`,
      {
        span,
      },
    );
  }
  const inner = dims.slice(at + 1).reduce((a, b) => a * b, 1);
  return i => Math.floor(i / inner) % count;
}

/** Round half to even, as QuantizeLinear does. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** Integers in the element type of the file: those of it, or what a QuantizeLinear makes of real numbers. */
function integersOf(constant: OnnxConstant, builder: ImportBuilder, span: Span): ArrayLike<number> {
  const { tensor, quantisation } = constant;
  const elements = elementsOf(tensor, builder, span);
  if (quantisation?.rounds === undefined) return elements;
  const { scales, zeroPoints, rounds } = quantisation;
  const of = scaleIndex(constant, quantisation, span);
  const [low, high] = rounds === 'INT8' ? [-128, 127] : [0, 255];
  return Float64Array.from(elements, (x, i) =>
    clamp(roundHalfEven(Math.fround(x / scales[of(i)])) + (zeroPoints[of(i)] ?? 0), low, high),
  );
}

/** Real numbers. @throws CompileError E0307 when one is not finite */
export function realsOf(constant: OnnxConstant, builder: ImportBuilder, span: Span): Float32Array {
  const { tensor, quantisation } = constant;
  const elements = integersOf(constant, builder, span);
  let reals: Float32Array;
  if (quantisation === undefined) reals = Float32Array.from(elements);
  else {
    const of = scaleIndex(constant, quantisation, span);
    const { scales, zeroPoints } = quantisation;
    reals = Float32Array.from(elements, (x, i) => scales[of(i)] * (x - (zeroPoints[of(i)] ?? 0)));
  }
  const wrong = reals.find(x => !Number.isFinite(x));
  if (wrong !== undefined) fail('E0307', `the constant ${quoteName(tensor.name)} has a value of ${wrong}`, { span });
  return reals;
}

/** Int8 weights, zero points taken off, and the scale of each of `channels` along `axis`. @throws CompileError E0125 */
export function weightsOf(
  constant: OnnxConstant,
  axis: number,
  channels: number,
  builder: ImportBuilder,
  span: Span,
): { readonly data: Int8Array; readonly scales: Float64Array } {
  const { tensor, quantisation } = constant;
  const label = `the weights ${quoteName(tensor.name)}`;
  if (quantisation === undefined || !['INT8', 'UINT8'].includes(quantisation.rounds ?? tensor.type)) {
    return fail('E0125', `${label} are not quantised, and the network around them is`, {
      span,
      hint: 'quantise all of the network, or export it in float and use `effnetc quantize`',
    });
  }
  const { scales, zeroPoints } = quantisation;
  const along = quantisation.axis < 0 ? quantisation.axis + tensor.dims.length : quantisation.axis;
  if (scales.length !== 1 && (scales.length !== channels || along !== axis)) {
    fail(
      'E0125',
      `${label} have ${scales.length} scales along axis ${along}, for ${channels} channels along axis ${axis}`,
      { span },
    );
  }
  const of = scaleIndex(constant, quantisation, span);
  const values = Float64Array.from(integersOf(constant, builder, span), (x, i) => x - (zeroPoints[of(i)] ?? 0));
  const wide = values.find(x => x < -128 || x > 127);
  if (wide !== undefined) {
    fail('E0125', `${label} have values of ${wide} steps, which are no int8`, {
      span,
      hint: 'quantise weights symmetrically: int8 with zero points of 0',
    });
  }
  const unusable = Array.from(scales).find(scale => !(scale > 0 && Number.isFinite(scale)));
  if (unusable !== undefined) fail('E0125', `${label} have a scale of ${unusable}`, { span });
  return {
    data: Int8Array.from(values),
    scales: Float64Array.from({ length: channels }, (_, o) => scales[scales.length === 1 ? 0 : o]),
  };
}
