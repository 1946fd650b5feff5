import { z } from 'zod';
import type { Node } from '../ir/graph.js';
import { allocate, elementCount } from '../ir/tensor.js';
import type { ChannelRules } from './channels.js';
import type { OpDefinition, Operand } from './op.js';
import { reorderLinear, reorderWeights, upTo, withChannels } from './shared/channel-rules.js';
import { biasParameter, defineOp, vocabulary } from './shared/define.js';
import {
  floatEpilogue,
  integerEpilogue,
  linearQuantisedParameters,
  lowerLinear,
  quantiseLinear,
} from './shared/linear.js';
import { type LinearAttributes, linearAttributes, plainLinear, weightBitsOption } from './shared/linear-attributes.js';
import { linearRanges, pickInputs, pickOutputs, sparedInputs } from './shared/linear-channels.js';
import { wholeInputPatch } from './shared/patches.js';
import { wholeInput } from './shared/window.js';

const units = z.int().min(1).max(65536);

const attributes = z.strictObject({ units, ...linearAttributes });

export interface DenseAttributes extends LinearAttributes {
  readonly units: number;
}

/** Sums `w * (x - zeroPoint)` over the whole input for unit `o`. */
function dot(node: Node<DenseAttributes>, input: Operand, zeroPoint: number, o: number): number {
  const w = node.constants.weight.data;
  const count = input.data.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += w[o * count + i] * (input.data[i] - zeroPoint);
  return sum;
}

/** Units go one by one, and input channels that no unit needs, at all positions. */
const denseChannels: ChannelRules<DenseAttributes> = {
  ranges: (node, [input]) => linearRanges(node, input, (_o, i) => i % input.ranges.length, false),
  bundles: ({ type }) => upTo(type.shape.channels).map(o => ({ inputs: [[]], outputs: [o] })),
  spared: (node, [input], outputs) => [sparedInputs(node, input, outputs, false)],
  select(node, [input], { inputs: [inputs], outputs }) {
    const picked = pickOutputs(pickInputs(node, input, inputs), outputs);
    return withChannels({ ...picked, attributes: { ...node.attributes, units: outputs.length } }, outputs.length);
  },
};

/**
 * Weights are OHWI: [units, input rows, input columns, input channels]; weights files count the input's elements in the same
 * order. After a flatten that counts in another one, a pass reorders them.
 */
export const dense: OpDefinition = defineOp<DenseAttributes>({
  kind: 'dense',
  summary: 'fully connected: each unit is a weighted sum over the whole input',
  arity: 1,
  traits: { linear: true, wholeInput: true, int16: true },
  attributes,
  vocabulary: vocabulary(
    z.strictObject({ units, bias: z.boolean().optional(), weightBits: weightBitsOption.optional() }),
    options => ({ units: options.units, ...plainLinear(options) }),
  ),

  inferShape: ({ attributes: { units } }) => ({ height: 1, width: 1, channels: units }),

  parameters({ attributes: { units, bias } }, [input]) {
    const { height, width, channels } = input;
    const count = elementCount(input);
    const shape = [units, height, width, channels];
    return [
      {
        role: 'weight',
        shape,
        forms: [
          {
            convention: 'pytorch',
            suffix: 'weight',
            fileShape: [units, count],
            view: shape,
          },
          {
            convention: 'keras',
            suffix: 'kernel',
            fileShape: [count, units],
            view: [height, width, channels, units],
            axes: [3, 0, 1, 2],
          },
        ],
      },
      ...(bias ? [biasParameter(units)] : []),
    ];
  },
  quantisedParameters: (context, [input]) =>
    linearQuantisedParameters(
      context,
      [context.attributes.units, input.height, input.width, input.channels],
      context.attributes.units,
    ),

  rowWindows: (_site, [input]) => [wholeInput(input)],
  macs: ({ attributes: { units } }, [input]) => units * elementCount(input),

  patches: ({ attributes: { units } }, input) => wholeInputPatch(input, units),
  reorderOutputs: (node, order) => ({ node: reorderLinear(node, order), inputs: false }),
  reorderInputs: reorderWeights,
  channels: denseChannels,
  evaluate(node, [input]) {
    const output = new Float32Array(node.attributes.units);
    const finish = floatEpilogue(node);
    for (let o = 0; o < output.length; o++) output[o] = finish(dot(node, input, 0, o), o);
    return output;
  },
  reference(node, [input]) {
    const output = allocate(node.type.dtype, node.attributes.units);
    const zeroPoint = input.type.quantisation?.zeroPoint ?? 0;
    const bias = node.constants.bias.data;
    const finish = integerEpilogue(node);
    for (let o = 0; o < output.length; o++) output[o] = finish(dot(node, input, zeroPoint, o) + bias[o], o);
    return output;
  },
  quantise: quantiseLinear,
  lower: lowerLinear,
});
