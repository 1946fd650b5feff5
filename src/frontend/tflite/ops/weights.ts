import { type Constant, constant } from '../../../ir/tensor.js';
import type { OperatorContext } from '../context.js';
import { int8Data, integerData, requireType, weightScales } from '../quantisation.js';
import { tensorTypes } from '../schema.js';
import { dilated } from './window.js';

/** The parameters of a linear op, whose weights are scaled along an axis of the tensor of input 1; biases are input 2. */
export function linearConstants(
  context: OperatorContext,
  weight: Constant,
  axis: number,
  scaleOf: (scale: number) => number = scale => scale,
): Record<'weight' | 'bias' | 'weightScale', Constant> {
  const channels = weight.shape[0];
  const scales = weightScales(context.tensor(1), axis, channels, context.span).map(scaleOf);
  const bias = context.quantisation(0).bits === 16 ? longBiasOf(context, channels) : biasOf(context, channels);
  if (!scales.includes(0)) return { weight, bias, weightScale: constant('f64', [channels], scales) };
  // A channel of scale zero always gives the zero point, as TFLite's multiplier of zero does: here by an accumulator of zero.
  const neutral = context.outputQuantisation().scale / context.quantisation(0).scale;
  const perChannel = weight.data.length / channels;
  const zeroed = (data: Constant['data'], count: number) =>
    data.map((x, i) => (scales[Math.floor(i / count)] === 0 ? 0 : x));
  context.builder.claim(weight.data.length, context.span);
  return {
    weight: constant('i8', weight.shape, zeroed(weight.data, perChannel)),
    bias: constant(bias.dtype, bias.shape, zeroed(bias.data, 1)),
    weightScale: constant(
      'f64',
      [channels],
      scales.map(scale => (scale === 0 ? neutral : scale)),
    ),
  };
}

/** The biases of a linear operator, zeros where it has none. @throws CompileError E0123, E0124 */
function biasOf(context: OperatorContext, channels: number): Constant {
  if (!context.hasInput(2)) return constant('i32', [channels], new Int32Array(channels));
  return constant('i32', [channels], biasValues(context, channels, ['INT32']));
}

/**
 * The same with int16 activations. Biases are int64, here doubles, and so are accumulators; there may also be none. Of CONV_2D and
 * FULLY_CONNECTED, whose options say which type biases have, they may be int32, and so are accumulators then.
 * Source: TFLM, ConvEval and FullyConnectedEval of int16; DepthwiseConvEval, which reads int64 alone.
 */
function longBiasOf(context: OperatorContext, channels: number): Constant {
  const { quantized_bias_type: hint } = context.operator.options;
  const types = hint === undefined ? ['INT64'] : ['INT64', 'INT32'];
  if (!context.hasInput(2)) {
    const dtype = hint !== undefined && tensorTypes[hint] === 'INT32' ? 'i32' : 'f64';
    return constant(dtype, [channels], new Int32Array(channels));
  }
  const values = biasValues(context, channels, types);
  return constant(context.tensor(2).type === 'INT64' ? 'f64' : 'i32', [channels], values);
}

function biasValues(context: OperatorContext, channels: number, types: readonly string[]): readonly number[] {
  const tensor = context.tensor(2);
  requireType(tensor, types, context.span);
  if (!context.isConstant(2)) context.refuse('has a bias that is not constant');
  const values = integerData(tensor, context.span);
  if (values.length !== channels) context.refuse(`has ${values.length} biases for ${channels} channels`);
  return values;
}

/** The dimensions of constant int8 weights. @throws CompileError */
export function weightDims(context: OperatorContext, input: number, rank: number): readonly number[] {
  const { dims } = context.tensor(input);
  if (!context.isConstant(input)) context.refuse('has weights that are not constant');
  if (dims.length !== rank || dims.some(size => size < 1)) context.refuse(`has weights of shape [${dims.join(', ')}]`);
  return dims;
}

/**
 * Int8 weights in the order OHWI. `depthwise` weights are [1, rows, columns, channels] in the file and [channels, rows,
 * columns, 1] here. A dilated kernel is written out, with zeros between its taps: they add nothing.
 */
export function kernelWeights(
  context: OperatorContext,
  input: number,
  depthwise: boolean,
  dilation: readonly [number, number],
): Constant {
  const tensor = context.tensor(input);
  const data = int8Data(tensor, context.span);
  const [first, rows, columns, last] = tensor.dims;
  const [outputs, inputs] = depthwise ? [last, 1] : [first, last];
  const shape = [outputs, dilated(rows, dilation[0]), dilated(columns, dilation[1]), inputs];
  if (!depthwise && dilation[0] === 1 && dilation[1] === 1) return { dtype: 'i8', shape, data };
  const count = shape.reduce((a, b) => a * b, 1);
  context.builder.claim(count, context.span);
  const result = new Int8Array(count);
  for (let o = 0; o < outputs; o++) {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        for (let i = 0; i < inputs; i++) {
          const from = depthwise ? (y * columns + x) * last + o : ((o * rows + y) * columns + x) * last + i;
          const to = ((o * shape[1] + y * dilation[0]) * shape[2] + x * dilation[1]) * inputs + i;
          result[to] = data[from];
        }
      }
    }
  }
  return { dtype: 'i8', shape, data: result };
}
