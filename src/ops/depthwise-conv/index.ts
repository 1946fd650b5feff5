import { z } from 'zod';
import { elementCount } from '../../ir/tensor.js';
import type { ChannelRules } from '../channels.js';
import type { OpDefinition } from '../op.js';
import { reorderLinear, upTo, withChannels } from '../shared/channel-rules.js';
import { biasParameter, defineOp, vocabulary } from '../shared/define.js';
import { linearQuantisedParameters, lowerLinear, quantiseLinear } from '../shared/linear.js';
import { plainLinear, weightBitsOption } from '../shared/linear-attributes.js';
import { isPadded, linearRanges, pickOutputs } from '../shared/linear-channels.js';
import { windowPatches } from '../shared/patches.js';
import { paddingOption, perAxis, resolveWindow, windowOutput, windowRows } from '../shared/window.js';
import { attributes, type DepthwiseConvAttributes, multiplier } from './attributes.js';
import { evaluateDepthwiseConv, referenceDepthwiseConv } from './reference.js';

/** An input channel goes with all the output channels that are made of it. */
const depthwiseChannels: ChannelRules<DepthwiseConvAttributes> = {
  ranges: (node, [input]) =>
    linearRanges(node, input, o => Math.floor(o / node.attributes.multiplier), isPadded(node.attributes)),
  bundles: ({ attributes: { multiplier } }, [input]) =>
    upTo(input.channels).map(c => ({ inputs: [[c]], outputs: upTo(multiplier).map(m => c * multiplier + m) })),
  select: (node, _inputs, { outputs }) => withChannels(pickOutputs(node, outputs), outputs.length),
};

/** Weights are OHWI with I = 1: [channels * multiplier, kernel rows, kernel columns, 1]. */
export const depthwiseConv: OpDefinition = defineOp<DepthwiseConvAttributes>({
  kind: 'depthwiseConv',
  summary: 'depthwise convolution: each input channel has filters of its own',
  arity: 1,
  traits: { linear: true, int16: true },
  attributes,
  vocabulary: vocabulary(
    z.strictObject({
      kernel: perAxis,
      stride: perAxis.optional(),
      padding: paddingOption.optional(),
      multiplier: multiplier.optional(),
      bias: z.boolean().optional(),
      weightBits: weightBitsOption.optional(),
    }),
    (options, [input]) => ({
      multiplier: options.multiplier ?? 1,
      ...resolveWindow(options, input.shape),
      ...plainLinear(options),
    }),
  ),

  inferShape: (context, [input]) => ({
    ...windowOutput(context, context.attributes, input),
    channels: input.channels * context.attributes.multiplier,
  }),

  parameters({ attributes: { kernel, multiplier, bias } }, [input]) {
    const [rows, columns] = kernel;
    const channels = input.channels * multiplier;
    return [
      {
        role: 'weight',
        shape: [channels, rows, columns, 1],
        forms: [
          { convention: 'pytorch', suffix: 'weight', fileShape: [channels, 1, rows, columns], axes: [0, 2, 3, 1] },
          {
            convention: 'keras',
            suffix: 'depthwise_kernel',
            fileShape: [rows, columns, input.channels, multiplier],
            axes: [2, 3, 0, 1],
          },
          {
            convention: 'keras',
            suffix: 'kernel',
            fileShape: [rows, columns, input.channels, multiplier],
            axes: [2, 3, 0, 1],
          },
        ],
      },
      ...(bias ? [biasParameter(channels)] : []),
    ];
  },
  quantisedParameters(context, [input]) {
    const channels = input.channels * context.attributes.multiplier;
    return linearQuantisedParameters(context, [channels, ...context.attributes.kernel, 1], channels);
  },

  rowWindows: context => [windowRows(context.attributes)],
  macs: ({ attributes: { kernel } }, _inputs, output) => elementCount(output) * kernel[0] * kernel[1],
  channelwise: activation => ({
    multiplier: 1,
    kernel: [1, 1],
    stride: [1, 1],
    padding: [0, 0, 0, 0],
    bias: true,
    activation,
    affine: false,
  }),
  patches: ({ attributes, type }, input) =>
    windowPatches(attributes, input, type.shape, { groups: input.channels, inputs: 1 }),
  reorderOutputs: (node, order) =>
    node.attributes.multiplier === 1 ? { node: reorderLinear(node, order), inputs: true } : undefined,
  channels: depthwiseChannels,
  evaluate: evaluateDepthwiseConv,
  reference: referenceDepthwiseConv,
  quantise: quantiseLinear,
  lower: lowerLinear,
});
