import { z } from 'zod';
import { defineBlock } from './block.js';

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
