import type { z } from 'zod';
import type { Attributes } from '../../ir/graph.js';
import type { TensorType } from '../../ir/tensor.js';
import type { OpDefinition, ParameterSpec, VocabularyEntry } from '../op.js';

/**
 * Forgets the attribute type of an op, so that ops fit one table. Sound because the verifier holds every node's attributes
 * against the op's own schema before anything else reads them.
 */
export function defineOp<A extends Attributes>(definition: OpDefinition<A>): OpDefinition {
  return definition;
}

/** Likewise for the options of a vocabulary entry: they are what `options` has parsed. */
export function vocabulary<O extends Attributes>(
  options: z.ZodType<O>,
  attributes: (options: O, inputs: readonly TensorType[]) => Attributes,
  flags: { readonly optionsOptional?: boolean } = {},
): VocabularyEntry {
  return { options, attributes, ...flags };
}

/** A parameter of one number per channel, under its PyTorch and its Keras name. */
export function vectorParameter(role: string, channels: number, pytorch: string, keras: string): ParameterSpec {
  const shape = [channels];
  return {
    role,
    shape,
    forms: [
      { convention: 'pytorch', suffix: pytorch, fileShape: shape },
      { convention: 'keras', suffix: keras, fileShape: shape },
    ],
  };
}

export const biasParameter = (channels: number): ParameterSpec => vectorParameter('bias', channels, 'bias', 'bias');
