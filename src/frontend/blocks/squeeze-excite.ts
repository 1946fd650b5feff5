import { z } from 'zod';
import { defineBlock } from './block.js';
import { activationOption, count, unit } from './unit.js';

const options = z.strictObject({
  bottleneck: count.optional(),
  ratio: z.number().positive().max(1).default(0.25),
  activation: activationOption.default('relu'),
  gate: activationOption.default('sigmoid'),
});

/**
 * Squeeze-and-excitation, arXiv 1709.01507: the mean of each channel, two 1x1 convs with biases, and the product of the input
 * with what they make of it. The means need the whole tensor, so that its rows are kept until the last one is there.
 */
export const squeezeExcite = defineBlock<z.infer<typeof options>>({
  kind: 'squeezeExcite',
  summary: 'scales each channel by what two 1x1 convs make of the means of all',
  arity: 1,
  options,
  build(call) {
    const { ratio, activation, gate } = call.options;
    const { name, emit, inputs } = call;
    const [x] = inputs;
    const { channels } = x.type.shape;
    const bottleneck = call.options.bottleneck ?? Math.max(1, Math.floor(channels * ratio));
    const convs = { ...call, options: { batchNorm: 'none' } as const };
    let y = emit('mean', { name: `${name}.mean`, inputs });
    const reduce = { channels: bottleneck, kernel: 1 };
    y = unit(convs, { part: 'reduce', kind: 'conv', options: reduce, from: y, activation });
    y = unit(convs, { part: 'expand', kind: 'conv', options: { channels, kernel: 1 }, from: y, activation: gate });
    return emit('mul', { name: `${name}.scale`, inputs: [x, y] });
  },
});
