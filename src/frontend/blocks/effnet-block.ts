import { z } from 'zod';
import type { Node } from '../../ir/graph.js';
import { type BlockCall, defineBlock } from './block.js';
import { type ActivationOption, activationOption, count, unit, unitOptions } from './unit.js';

const options = z.strictObject({
  channels: count,
  bottleneck: count.optional(),
  expansion: z.number().positive().max(64).optional(),
  multiplier: z.int().min(1).max(64).optional(),
  poolAxis: z.enum(['width', 'height']).default('width'),
  strideAxis: z.enum(['height', 'width']).default('height'),
  padding: z.enum(['valid', 'same']).default('valid'),
  activation: activationOption.default('relu'),
  pointwiseActivation: activationOption.optional(),
  ...unitOptions,
});

type Options = z.infer<typeof options>;

/** The paper leaves the slope of the revised form open; this one is Keras' default, and that of the common public code. */
const defaultSlope = 0.3;

/** Table 1 of the paper: never fewer than this many channels after the first 1x1 conv. */
const leastBottleneck = 6;

/**
 * The block of EffNet, arXiv 1801.06434. First published form: 1x1 to b = max(6, channels / 2) channels, 1x3 depthwise,
 * max pool along the width, 3x1 depthwise, 2x1 with stride along the height. Revised form (`expansion` r): b = floor(input
 * channels * r / 2), first depthwise with multiplier 2, leakyRelu after 1x1 and 2x1.
 *
 * Names follow a PyTorch state dict: `<name>.pw` is also `<name>.pw.0`, as conv, norm and activation of a Sequential count.
 */
export const effnetBlock = defineBlock<Options>({
  kind: 'effnetBlock',
  summary: 'the block of EffNet: separable in space, pooled between the two depthwise convs',
  arity: 1,
  options,
  build(call) {
    const { options, inputs, name } = call;
    const [x] = inputs;
    const bottleneck = options.bottleneck ?? defaultBottleneck(call, x.type.shape.channels);
    const pointwise = options.pointwiseActivation ?? revisedDefault(options);
    const multiplier = options.multiplier ?? (options.expansion === undefined ? 1 : 2);

    const conv = (part: string, from: Node, convOptions: Readonly<Record<string, unknown>>) =>
      unit(call, { part, kind: 'conv', options: convOptions, from, activation: pointwise });
    const depthwise = (part: string, from: Node, convOptions: Readonly<Record<string, unknown>>) =>
      unit(call, { part, kind: 'depthwiseConv', options: convOptions, from, activation: options.activation });

    let y = conv('pw', x, { channels: bottleneck, kernel: 1 });
    y = depthwise('dw1', y, { kernel: [1, 3], padding: 'same', multiplier });
    const kernel = options.poolAxis === 'width' ? [1, 2] : [2, 1];
    y = call.emit('maxPool', { name: `${name}.pool`, inputs: [y], options: { kernel } });
    y = depthwise('dw2', y, { kernel: [3, 1], padding: 'same' });
    const stride = options.strideAxis === 'height' ? [2, 1] : [1, 2];
    return conv('conv', y, { channels: options.channels, kernel: [2, 1], stride, padding: options.padding });
  },
});

function defaultBottleneck({ options, refuse }: BlockCall<Options>, inputChannels: number): number {
  if (options.expansion === undefined) return Math.max(leastBottleneck, Math.floor(options.channels / 2));
  const expanded = Math.floor((inputChannels * options.expansion) / 2);
  return expanded >= 1
    ? expanded
    : refuse(
        'expansion',
        `an expansion of ${options.expansion} leaves no channels: floor(${inputChannels} * ${options.expansion} / 2) is 0`,
      );
}

function revisedDefault(options: Options): ActivationOption {
  return options.expansion === undefined ? options.activation : { kind: 'leakyRelu', slope: defaultSlope };
}
