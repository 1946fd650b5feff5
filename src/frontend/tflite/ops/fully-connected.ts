import { type Constant, elementCount } from '../../../ir/tensor.js';
import { tfliteMultiplier } from '../../../numeric/requantise.js';
import { int8Data } from '../quantisation.js';
import { fusedActivation, type Translation } from './op.js';
import { linearConstants, weightDims } from './weights.js';

/**
 * FULLY_CONNECTED over the whole input, or, where the weights have as many inputs as there are channels, at every position: a
 * 1x1 convolution. Source: TFLM, CalculateOpDataFullyConnected and reference_integer_ops::FullyConnected.
 */
export const fullyConnected: Translation = context => {
  const value = context.value(0);
  const [units, inputs] = weightDims(context, 1, 2);
  if (context.operator.options.weights_format !== 0) context.refuse('has weights in a shuffled format');
  const whole = elementCount(value.node.type.shape) === inputs && value.padding === undefined;
  // The weights count the elements of the input as they lie in memory, in whatever shape.
  const input = whole ? value.node : context.image(0, 'fc');
  const { height, width, channels } = input.type.shape;
  if (!whole && channels !== inputs) {
    context.refuse(`has weights for ${inputs} inputs of a tensor of ${height}x${width}x${channels}`);
  }
  const { scale } = context.quantisation(0);
  const quantisation = context.outputQuantisation();
  const perTensor = context.tensor(1).scales.length === 1;
  const shape = whole ? [units, height, width, channels] : [units, 1, 1, channels];
  const weight: Constant = { dtype: 'i8', shape, data: int8Data(context.tensor(1), context.span) };
  const scaleOf = (s: number) => (perTensor && s > 0 ? scaleOfFloatProduct(scale, s, quantisation.scale) : s);
  context.bind(
    context.add({
      kind: whole ? 'dense' : 'conv',
      name: context.label('fc').name,
      inputs: [input],
      options: whole ? { units } : { channels: units, kernel: [1, 1], stride: [1, 1] },
      activation: fusedActivation(context),
      constants: linearConstants(context, weight, 0, scaleOf),
      quantisation,
    }),
  );
};

/**
 * With one scale for all weights TFLite multiplies the scales of input and weights as float32, while everything else is in
 * double precision. This is the weight scale that leads to the same multiplier in double precision alone.
 * Source: TFLite kernel_util.cc, GetQuantizedConvolutionMultipler.
 */
export function scaleOfFloatProduct(input: number, weight: number, output: number): number {
  const product = Math.fround(input * weight);
  const wanted = tfliteMultiplier(product / output);
  const scale = product / input;
  const step = scale * 2 ** -52;
  const found = [scale, scale + step, scale - step].find(candidate => {
    const { multiplier, shift } = tfliteMultiplier((input * candidate) / output);
    return multiplier === wanted.multiplier && shift === wanted.shift;
  });
  return found ?? scale;
}
