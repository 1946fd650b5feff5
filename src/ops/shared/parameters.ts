import type { ParameterSpec } from '../op.js';

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
