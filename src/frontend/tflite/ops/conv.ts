import type { OperatorSite } from '../site.js';
import { fusedActivation, type Translation } from './op.js';
import { kernelWeights, linearConstants, weightDims } from './weights.js';
import { dilated, paddedWindow } from './window.js';

/** CONV_2D, grouped where the weights have fewer inputs than the tensor. Source: TFLM, ConvPrepare and reference ConvPerChannel. */
export const conv2d: Translation = site => {
  const [channels, rows, columns, inputs] = weightDims(site, 1, 4);
  const dilation = dilationOf(site);
  const kernel = [dilated(rows, dilation[0]), dilated(columns, dilation[1])] as const;
  const { node, options } = paddedWindow(site, 'conv', kernel);
  const groups = node.type.shape.channels / inputs;
  if (!Number.isInteger(groups)) {
    site.refuse(`has weights for ${inputs} channels of an input that has ${node.type.shape.channels}`);
  }
  site.bind(
    site.add({
      kind: 'conv',
      name: site.place('conv').name,
      inputs: [node],
      options: {
        channels,
        ...options,
        ...(groups === 1 ? {} : { groups }),
      },
      activation: fusedActivation(site),
      constants: linearConstants(site, kernelWeights(site, 1, false, dilation), 0),
      quantisation: site.outputQuantisation(),
    }),
  );
};

/** DEPTHWISE_CONV_2D. The depth multiplier follows from the weights: options may say 0. */
export const depthwiseConv2d: Translation = site => {
  const [batch, rows, columns, channels] = weightDims(site, 1, 4);
  const dilation = dilationOf(site);
  const kernel = [dilated(rows, dilation[0]), dilated(columns, dilation[1])] as const;
  const { node, options } = paddedWindow(site, 'dw', kernel);
  const multiplier = channels / node.type.shape.channels;
  if (batch !== 1 || !Number.isInteger(multiplier)) {
    site.refuse(`has weights of ${channels} channels for an input that has ${node.type.shape.channels}`);
  }
  site.bind(
    site.add({
      kind: 'depthwiseConv',
      name: site.place('dw').name,
      inputs: [node],
      options: {
        ...options,
        ...(multiplier === 1 ? {} : { multiplier }),
      },
      activation: fusedActivation(site),
      constants: linearConstants(site, kernelWeights(site, 1, true, dilation), 3),
      quantisation: site.outputQuantisation(),
    }),
  );
};

function dilationOf(site: OperatorSite): readonly [number, number] {
  const { dilation_h_factor: rows, dilation_w_factor: columns } = site.operator.options;
  if (rows < 1 || columns < 1 || rows > 1024 || columns > 1024) site.refuse(`has a dilation of ${rows}x${columns}`);
  return [rows, columns];
}
