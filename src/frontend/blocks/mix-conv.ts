import { z } from 'zod';
import { isPiecewiseLinear } from '../../ops/shared/activation.js';
import { defineBlock } from './block.js';
import { type ActivationOption, activationOption, perAxisOption, unit, unitOptions } from './unit.js';

const options = z.strictObject({
  kernels: z.array(perAxisOption).min(1).max(16),
  stride: perAxisOption.default(1),
  activation: activationOption.default('relu'),
  ...unitOptions,
});

/** Activations that become part of a conv; the others are cheaper once, after the concatenation. */
const fused = (activation: ActivationOption): boolean =>
  isPiecewiseLinear(typeof activation === 'string' ? { kind: activation } : activation);

/**
 * MixConv, arXiv 1907.09595: the channels in as many ranges as there are kernels, each with a depthwise conv of its kernel.
 * Of channels that cannot be split evenly, the first range gets what is left over, as in the authors' code.
 */
export const mixConv = defineBlock<z.infer<typeof options>>({
  kind: 'mixConv',
  summary: 'depthwise convs of several kernels, each over a range of the channels',
  arity: 1,
  options,
  build(call) {
    const { kernels, stride, activation } = call.options;
    const { name, emit } = call;
    const [x] = call.inputs;
    const { channels } = x.type.shape;
    const each = Math.floor(channels / kernels.length);
    if (each < 1) call.refuse('kernels', `${kernels.length} kernels cannot share ${channels} channels`);
    const inside = kernels.length === 1 || fused(activation);
    const rest = channels - each * kernels.length;
    const parts = kernels.map((kernel, i) => {
      const range = { from: i === 0 ? 0 : i * each + rest, channels: i === 0 ? each + rest : each };
      const from =
        kernels.length === 1 ? x : emit('slice', { name: `${name}.split${i + 1}`, inputs: [x], options: range });
      const window = { kernel, stride, padding: 'same' };
      const act = inside ? activation : 'identity';
      return unit(call, { part: `dw${i + 1}`, kind: 'depthwiseConv', options: window, from, activation: act });
    });
    if (kernels.length === 1) return parts[0];
    const joined = emit('concat', { name: `${name}.concat`, inputs: parts });
    if (inside) return joined;
    const act = typeof activation === 'string' ? { kind: activation } : activation;
    return emit('activation', { name: `${name}.act`, inputs: [joined], options: act });
  },
});
