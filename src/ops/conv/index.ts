import { z } from 'zod';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { ChannelOrder, OpDefinition, ReorderedNode } from '../op.js';
import { reorderLinear, reorderWeights } from '../shared/channel-rules.js';
import { biasParameter, defineOp, vocabulary } from '../shared/define.js';
import { linearQuantisedParameters, lowerLinear, quantiseLinear } from '../shared/linear.js';
import { plainLinear, weightBitsOption } from '../shared/linear-attributes.js';
import { windowPatches } from '../shared/patches.js';
import { paddingOption, perAxis, resolveWindow, windowOutput, windowRows } from '../shared/window.js';
import { attributes, type ConvAttributes, channels, groupOf } from './attributes.js';
import { convChannels } from './channels.js';
import { evaluateConv, referenceConv } from './reference.js';

/** Weights follow their output channels, if the groups of these then stand in one of the two ways. */
function reorderOutputs(node: Node<ConvAttributes>, order: ChannelOrder): ReorderedNode<ConvAttributes> | undefined {
  const { interleaved: _, ...attributes } = node.attributes;
  const layouts = [attributes, { ...attributes, interleaved: true }];
  const layout = layouts.find(candidate =>
    order.every((from, to) => groupOf(candidate, to) === groupOf(node.attributes, from)),
  );
  return layout && { node: reorderLinear({ ...node, attributes: layout }, order), inputs: false };
}

/** Weights are OHWI: [channels, kernel rows, kernel columns, input channels / groups]. */
export const conv: OpDefinition = defineOp<ConvAttributes>({
  kind: 'conv',
  summary:
    'convolution, grouped if wanted: each output channel is a weighted sum over the window and its group of channels',
  arity: 1,
  traits: { linear: true, int16: true },
  attributes,
  vocabulary: vocabulary(
    z.strictObject({
      channels,
      kernel: perAxis,
      stride: perAxis.optional(),
      padding: paddingOption.optional(),
      groups: channels.optional(),
      bias: z.boolean().optional(),
      weightBits: weightBitsOption.optional(),
    }),
    (options, [input]) => ({
      channels: options.channels,
      groups: options.groups ?? 1,
      ...resolveWindow(options, input.shape),
      ...plainLinear(options),
    }),
  ),

  inferShape(context, [input]) {
    const { channels, groups } = context.attributes;
    if (input.channels % groups !== 0 || channels % groups !== 0) {
      fail(
        'E0205',
        `'${context.name}' cannot split ${input.channels} input and ${channels} output channels into ${groups} groups`,
        {
          span: context.span,
          hint: 'both channel counts must be multiples of groups',
        },
      );
    }
    return { ...windowOutput(context, context.attributes, input), channels };
  },

  parameters({ attributes: { channels, kernel, groups, bias } }, [input]) {
    const [rows, columns] = kernel;
    const inputs = input.channels / groups;
    return [
      {
        role: 'weight',
        shape: [channels, rows, columns, inputs],
        forms: [
          { convention: 'pytorch', suffix: 'weight', fileShape: [channels, inputs, rows, columns], axes: [0, 2, 3, 1] },
          { convention: 'keras', suffix: 'kernel', fileShape: [rows, columns, inputs, channels], axes: [3, 0, 1, 2] },
        ],
      },
      ...(bias ? [biasParameter(channels)] : []),
    ];
  },
  quantisedParameters: (context, [input]) =>
    linearQuantisedParameters(
      context,
      [context.attributes.channels, ...context.attributes.kernel, input.channels / context.attributes.groups],
      context.attributes.channels,
    ),

  rowWindows: context => [windowRows(context.attributes)],
  macs: ({ attributes: { kernel, groups } }, [input], output) =>
    elementCount(output) * kernel[0] * kernel[1] * (input.channels / groups),
  patches: ({ attributes, type }, input) =>
    windowPatches(attributes, input, type.shape, {
      groups: attributes.groups,
      inputs: input.channels / attributes.groups,
    }),
  reorderOutputs,
  reorderInputs: (node, order) => (node.attributes.groups === 1 ? reorderWeights(node, order) : undefined),
  channels: convChannels,
  evaluate: evaluateConv,
  reference: referenceConv,
  quantise: quantiseLinear,
  lower: lowerLinear,
});
