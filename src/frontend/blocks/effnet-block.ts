import { z } from 'zod';
import type { Node } from '../../ir/graph.js';
import { type BlockCall, defineBlock } from './block.js';

const count = z.int().min(1).max(65536);

const activation = z.union([
  z.enum(['identity', 'relu', 'relu6', 'prelu']),
  z.strictObject({ kind: z.enum(['identity', 'relu', 'relu6', 'prelu']) }),
  z.strictObject({ kind: z.literal('leakyRelu'), slope: z.number().min(0).max(1) }),
]);

type Activation = z.infer<typeof activation>;

const options = z.strictObject({
  channels: count,
  bottleneck: count.optional(),
  expansion: z.number().positive().max(64).optional(),
  multiplier: z.int().min(1).max(64).optional(),
  poolAxis: z.enum(['width', 'height']).default('width'),
  strideAxis: z.enum(['height', 'width']).default('height'),
  padding: z.enum(['valid', 'same']).default('valid'),
  activation: activation.default('relu'),
  pointwiseActivation: activation.optional(),
  batchNorm: z.enum(['before', 'after', 'none']).default('before'),
  epsilon: z.number().positive().max(1).optional(),
  bias: z.boolean().optional(),
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
    const bottleneck = options.bottleneck ?? defaultBottleneck(call, x?.type.shape.channels ?? 0);
    const pointwise = options.pointwiseActivation ?? revisedDefault(options);
    const multiplier = options.multiplier ?? (options.expansion === undefined ? 1 : 2);

    let y = unit(call, 'pw', 'conv', { channels: bottleneck, kernel: 1 }, inputs, pointwise);
    y = unit(call, 'dw1', 'depthwiseConv', { kernel: [1, 3], padding: 'same', multiplier }, [y], options.activation);
    y = call.emit('maxPool', {
      name: `${name}.pool`,
      inputs: [y],
      options: { kernel: options.poolAxis === 'width' ? [1, 2] : [2, 1] },
    });
    y = unit(call, 'dw2', 'depthwiseConv', { kernel: [3, 1], padding: 'same' }, [y], options.activation);
    const stride = options.strideAxis === 'height' ? [2, 1] : [1, 2];
    const last = { channels: options.channels, kernel: [2, 1], stride, padding: options.padding };
    return unit(call, 'conv', 'conv', last, [y], pointwise);
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

function revisedDefault(options: Options): Activation {
  return options.expansion === undefined ? options.activation : { kind: 'leakyRelu', slope: defaultSlope };
}

/** A conv with its batch norm and activation, in the order that the block's options say. */
function unit(
  { name, options, emit }: BlockCall<Options>,
  part: string,
  kind: string,
  convOptions: Readonly<Record<string, unknown>>,
  inputs: readonly Node[],
  act: Activation,
): Node {
  const base = `${name}.${part}`;
  const { batchNorm, epsilon } = options;
  let index = 0;
  const add = (op: string, suffix: string, from: readonly Node[], opOptions: Readonly<Record<string, unknown>>) =>
    emit(op, { name: `${base}${suffix}`, inputs: from, options: opOptions, aliases: [`${base}.${index++}`] });
  const norm = (from: Node) => add('batchNorm', '.bn', [from], epsilon === undefined ? {} : { epsilon });

  let y = add(kind, '', inputs, { ...convOptions, bias: options.bias ?? batchNorm === 'none' });
  if (batchNorm === 'before') y = norm(y);
  const activationOptions = typeof act === 'string' ? { kind: act } : act;
  // An identity takes no node, but keeps its place in the count.
  if (activationOptions.kind === 'identity') index++;
  else y = add('activation', '.act', [y], activationOptions);
  if (batchNorm === 'after') y = norm(y);
  return y;
}
