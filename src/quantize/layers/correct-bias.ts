import { constant } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import {
  accumulatorScale,
  channelsOf,
  type LayerConstants,
  type LayerContext,
  type LayerStep,
  meanOf,
  meanPatch,
} from './context.js';

/** The bias with `shift[o]`, in real units, added to channel `o`; it stays within 30 bits, as quantiseLinear leaves it. */
function shifted(context: LayerContext, constants: LayerConstants, shift: (o: number) => number): LayerConstants {
  const bias = Array.from(constants.bias.data, (b, o) => {
    const moved = b + Math.round(shift(o) / accumulatorScale(context, constants, o));
    return clamp(moved, -(2 ** 30), 2 ** 30);
  });
  return { ...constants, bias: constant('i32', [bias.length], bias) };
}

/** `w * mean` of channel `o`, for rows of weights as the constants have them. */
function dot(context: LayerContext, weight: ArrayLike<number>, mean: Float64Array, o: number): number {
  const { length, outputs } = context.patches;
  const group = Math.floor(o / outputs);
  let sum = 0;
  for (let i = 0; i < length; i++) sum += weight[o * length + i] * mean[group * length + i];
  return sum;
}

/**
 * Bias correction from the weights alone (Nagel et al., "Data-Free Quantization", arXiv 1906.04721, section 4.2): rounded
 * weights are off by dw, so the accumulator of a channel is off by dw * E[x] on average, which the bias takes back. E[x] is the
 * mean input of the float network.
 */
export const correctBiasAnalytically: LayerStep = {
  name: 'analytic bias correction',
  run(context, constants) {
    const mean = meanPatch(context.patches, context.floatInputs, 0);
    return shifted(context, constants, o => {
      const rounded = constants.weightScale.data[o] * dot(context, constants.weight.data, mean, o);
      return dot(context, context.node.constants.weight.data, mean, o) - rounded;
    });
  },
};

/**
 * Bias correction from calibration images: the mean of each channel, by quantised predecessors and with quantised weights, becomes
 * that of the float network. It takes back what the layers before have shifted, too.
 */
export const correctBiasByData: LayerStep = {
  name: 'measured bias correction',
  run(context, constants) {
    const mean = meanPatch(context.patches, context.inputs, context.input.zeroPoint);
    const wanted = meanOf(context.targets, channelsOf(context));
    return shifted(context, constants, o => {
      const accumulator = dot(context, constants.weight.data, mean, o) + constants.bias.data[o];
      return wanted[o] - accumulatorScale(context, constants, o) * accumulator;
    });
  },
};
