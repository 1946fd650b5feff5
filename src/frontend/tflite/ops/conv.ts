import type { OperatorContext } from '../context.js';
import { fusedActivation, type Translation } from './op.js';
import { kernelWeights, linearConstants, weightDims } from './weights.js';
import { dilated, paddedWindow } from './window.js';

/** CONV_2D, grouped where the weights have fewer inputs than the tensor. Source: TFLM, ConvPrepare and reference ConvPerChannel. */
export const conv2d: Translation = context => {
  const [channels, rows, columns, inputs] = weightDims(context, 1, 4);
  const dilation = dilationOf(context);
  const kernel = [dilated(rows, dilation[0]), dilated(columns, dilation[1])] as const;
  const { node, options } = paddedWindow(context, 'conv', kernel);
  const groups = node.type.shape.channels / inputs;
  if (!Number.isInteger(groups)) {
    context.refuse(`has weights for ${inputs} channels of an input that has ${node.type.shape.channels}`);
  }
  context.bind(
    context.add({
      kind: 'conv',
      name: context.label('conv').name,
      inputs: [node],
      options: {
        channels,
        ...options,
        ...(groups === 1 ? {} : { groups }),
      },
      activation: fusedActivation(context),
      constants: linearConstants(context, kernelWeights(context, 1, false, dilation), 0),
      quantisation: context.outputQuantisation(),
    }),
  );
};

/** DEPTHWISE_CONV_2D. The depth multiplier follows from the weights: options may say 0. */
export const depthwiseConv2d: Translation = context => {
  const [batch, rows, columns, channels] = weightDims(context, 1, 4);
  const dilation = dilationOf(context);
  const kernel = [dilated(rows, dilation[0]), dilated(columns, dilation[1])] as const;
  const { node, options } = paddedWindow(context, 'dw', kernel);
  const multiplier = channels / node.type.shape.channels;
  if (batch !== 1 || !Number.isInteger(multiplier)) {
    context.refuse(`has weights of ${channels} channels for an input that has ${node.type.shape.channels}`);
  }
  context.bind(
    context.add({
      kind: 'depthwiseConv',
      name: context.label('dw').name,
      inputs: [node],
      options: {
        ...options,
        ...(multiplier === 1 ? {} : { multiplier }),
      },
      activation: fusedActivation(context),
      constants: linearConstants(context, kernelWeights(context, 1, true, dilation), 3),
      quantisation: context.outputQuantisation(),
    }),
  );
};

function dilationOf(context: OperatorContext): readonly [number, number] {
  const { dilation_h_factor: rows, dilation_w_factor: columns } = context.operator.options;
  if (rows < 1 || columns < 1 || rows > 1024 || columns > 1024) context.refuse(`has a dilation of ${rows}x${columns}`);
  return [rows, columns];
}
