import { z } from 'zod';
import { paddingOption } from '../../ops/shared/window.js';
import { defineBlock } from './block.js';
import { count, perAxisOption } from './unit.js';

/** A conv of binary-weight networks, arXiv 1603.05279: weights of one bit, and a scale per output channel. */
export const binaryConv = defineBlock({
  kind: 'binaryConv',
  summary: 'convolution whose weights are -1 and 1 times a scale per output channel',
  arity: 1,
  unnamed: true,
  options: z.strictObject({
    channels: count,
    kernel: perAxisOption,
    stride: perAxisOption.optional(),
    padding: paddingOption.optional(),
    groups: count.optional(),
    bias: z.boolean().optional(),
  }),
  build: ({ name, inputs, options, emit }) =>
    emit('conv', { ...(name === '' ? {} : { name }), inputs, options: { ...options, weightBits: 1 } }),
});

/** Swish, arXiv 1710.05941, which is also called SiLU: x * sigmoid(x). */
export const swish = defineBlock({
  kind: 'swish',
  summary: 'the activation x * sigmoid(x)',
  arity: 1,
  unnamed: true,
  options: z.strictObject({}),
  build: ({ name, inputs, emit }) =>
    emit('activation', { ...(name === '' ? {} : { name }), inputs, options: { kind: 'swish' } }),
});
