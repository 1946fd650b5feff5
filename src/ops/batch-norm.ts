import { z } from 'zod';
import type { OpDefinition } from './op.js';
import { defineOp, vectorParameter, vocabulary } from './shared/define.js';
import { sameRow } from './shared/window.js';

const attributes = z.strictObject({
  /** 0: by the convention of the weights file, 1e-5 for PyTorch and 1e-3 for Keras. */
  epsilon: z.number().min(0).max(1),
});

type BatchNormAttributes = z.infer<typeof attributes>;

/** y = gamma * (x - mean) / sqrt(variance + epsilon) + beta. Passes turn every one into something else. */
export const batchNorm: OpDefinition = defineOp<BatchNormAttributes>({
  kind: 'batchNorm',
  summary: 'batch normalisation with trained statistics, before or after an activation',
  arity: 1,
  traits: { normalisation: true, floatOnly: true },
  attributes,
  vocabulary: vocabulary(
    z.strictObject({ epsilon: z.number().positive().max(1).optional() }),
    options => ({ epsilon: options.epsilon ?? 0 }),
    { optionsOptional: true },
  ),
  inferShape: (_site, [input]) => input,
  parameters: (_site, [{ channels }]) => [
    // A few negative ones: after an activation they turn the order of the values around.
    { ...vectorParameter('gamma', channels, 'weight', 'gamma'), typical: [-0.1, 1.9] },
    vectorParameter('beta', channels, 'bias', 'beta'),
    vectorParameter('mean', channels, 'running_mean', 'moving_mean'),
    { ...vectorParameter('variance', channels, 'running_var', 'moving_variance'), minimum: 0, typical: [0.5, 1.5] },
  ],
  rowWindows: () => [sameRow],
  macs: () => 0,
  evaluate(node, [input]) {
    const { gamma, beta, mean, variance } = node.constants;
    const { channels } = node.type.shape;
    return Float32Array.from(input.data, (x, i) => {
      const c = i % channels;
      const deviation = Math.sqrt(variance.data[c] + node.attributes.epsilon);
      return (gamma.data[c] * (x - mean.data[c])) / deviation + beta.data[c];
    });
  },
});
