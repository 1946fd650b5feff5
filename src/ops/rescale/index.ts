import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../../ir/graph.js';
import {
  allocate,
  constant,
  elementCount,
  elementRange,
  type Quantisation,
  quantisedType,
  type TensorType,
} from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import type { OpDefinition } from '../op.js';
import {
  type Activation,
  activate,
  activationSchema,
  clampRange,
  hasTwoSlopes,
  isPerChannel,
  isPiecewiseLinear,
  slopeBelow,
} from '../shared/activation.js';
import { ownChannels, pickFirst, withChannels } from '../shared/channel-rules.js';
import { defineOp, vocabulary } from '../shared/define.js';
import { sameRow } from '../shared/window.js';
import {
  type ChannelParameters,
  type Requantisation,
  rangeOf,
  requantisationOf,
  requantisationSchema,
  rescaled,
} from './requantisation.js';

const functionSchema = activationSchema.refine(
  activation => isPiecewiseLinear(activation) && !isPerChannel(activation),
  'a rescale has two slopes and a clamp',
);
/** What happens to the product: nothing more, or it is added to an offset, or subtracted from it. */
const sums = ['none', 'plus', 'minus'] as const;

const attributes = z.strictObject({
  function: functionSchema,
  perChannel: z.boolean(),
  sum: z.enum(sums),
  requantisation: requantisationSchema.optional(),
});

export interface RescaleAttributes extends Attributes {
  /** Its clamp is that of the result. */
  readonly function: Activation;
  readonly perChannel: boolean;
  /** An offset plus or minus the product, and a factor for that. */
  readonly sum: (typeof sums)[number];
  readonly requantisation?: Requantisation | undefined;
}

/** The parameters of each channel; one for all where they do not differ. */
export function channelParameters({ constants: { slope, offset } }: Node): ChannelParameters[] {
  return Array.from({ length: slope.shape[0] }, (_, c) => ({
    positiveSlope: slope.data[2 * c],
    negativeSlope: slope.data[2 * c + 1],
    offset: offset?.data[c] ?? 0,
  }));
}

/** The parts of a node in integer form. */
export function integerParts(node: Node<RescaleAttributes>, input: TensorType) {
  const { requantisation } = node.attributes;
  const [from, to] = [input.quantisation, node.type.quantisation];
  invariant(requantisation !== undefined && from !== undefined && to !== undefined, `${node.name} is in integer form`);
  return { requantisation, channels: channelParameters(node), from, to };
}

/**
 * What importers make of an operator that multiplies, adds to or clamps single values where a table of them all would be too large:
 * it reads or makes int16. A value below zero can have another factor. `function` is the float meaning, as far as it is known.
 */
export const rescale: OpDefinition = defineOp<RescaleAttributes>({
  kind: 'rescale',
  summary:
    'a multiple of each value, with numbers that come with the weights: between scales, and between int8 and int16',
  arity: 1,
  traits: { int16: true },
  attributes,
  vocabulary: vocabulary(
    z.strictObject({
      function: functionSchema.optional(),
      perChannel: z.boolean().optional(),
      sum: z.enum(sums).optional(),
    }),
    options => ({
      function: options.function ?? { kind: 'identity' },
      perChannel: options.perChannel ?? false,
      sum: options.sum ?? 'none',
    }),
    { optionsOptional: true },
  ),
  inferShape: (_site, [input]) => input,
  quantisedParameters({ attributes: { perChannel, sum } }, [input]) {
    const channels = perChannel ? input.channels : 1;
    return [
      { role: 'slope', dtype: 'i32', shape: [channels, 2] },
      { role: 'scale', dtype: 'f64', shape: [2] },
      ...(sum !== 'none'
        ? [
            { role: 'offset', dtype: 'i32', shape: [channels] } as const,
            { role: 'sumScale', dtype: 'f64', shape: [1] } as const,
          ]
        : []),
    ];
  },
  rowWindows: () => [sameRow],
  macs: () => 0,
  channels: {
    ranges(node, [{ type, ranges }]) {
      const { requantisation, channels, from, to } = integerParts(node, type);
      return ranges.map((range, c) =>
        rangeOf(requantisation, channels[c % channels.length], range, from, to.zeroPoint),
      );
    },
    bundles: ownChannels,
    select(node, _inputs, { outputs }) {
      if (!node.attributes.perChannel) return withChannels(node, outputs.length);
      const { slope, offset } = node.constants;
      const picked = { slope: pickFirst(slope, outputs), ...(offset && { offset: pickFirst(offset, outputs) }) };
      return withChannels({ ...node, constants: picked }, outputs.length);
    },
  },
  evaluate: (node, [input]) => Float32Array.from(input.data, x => activate(node.attributes.function, x, 0)),
  reference(node, [input]) {
    const { requantisation, channels, from, to } = integerParts(node, input.type);
    const { low, high } = requantisation;
    const output = allocate(node.type.dtype, elementCount(node.type.shape));
    for (let i = 0; i < output.length; i++) {
      const q = rescaled(requantisation, channels[i % channels.length], input.data[i] - from.zeroPoint);
      output[i] = clamp(q + to.zeroPoint, low, high);
    }
    return output;
  },
  quantise(node, [input], output) {
    const { function: meaning, perChannel, sum } = node.attributes;
    const channels = perChannel ? node.type.shape.channels : 1;
    const scale = (input.quantisation?.scale ?? 1) / output.scale;
    const slope = hasTwoSlopes(meaning) ? slopeBelow(meaning) : 1;
    invariant(slope !== 'parameter', `${node.name}: a rescale has no slopes of its own`);
    return {
      slope: constant('i32', [channels, 2], new Int32Array(2 * channels).fill(1)),
      scale: constant('f64', [2], [scale, scale * slope]),
      ...(sum !== 'none'
        ? { offset: constant('i32', [channels], new Int32Array(channels)), sumScale: constant('f64', [1], [1]) }
        : {}),
    };
  },
  lower(node, { inputs: [input], output, rounding }) {
    const { slope, offset, scale, sumScale } = node.constants;
    const from: Quantisation | undefined = input.quantisation;
    invariant(from !== undefined, `${node.name}: its input has no quantisation`);
    const ranges = {
      input: elementRange(input),
      output: clampRange(node.attributes.function, output),
      zeroPoint: output.zeroPoint,
    };
    const scales = {
      positive: scale.data[0],
      negative: scale.data[1],
      sum: sumScale?.data[0],
      minus: node.attributes.sum === 'minus',
    };
    const requantisation = requantisationOf(node, rounding, scales, channelParameters(node), from, ranges);
    return {
      ...node,
      attributes: { ...node.attributes, requantisation },
      constants: { slope, ...(offset && { offset }) },
      type: quantisedType(node.type.shape, output),
    };
  },
});
