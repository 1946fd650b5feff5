/**
 * EffNet for CIFAR-10 with the order of the common public code: leaky ReLU, and the batch norm behind it.
 * Trained weights: effnet_leaky_postbn.npz, 80.03 % in float.
 */
import { defineModel, dense, effnetBlock, flatten, input } from 'effnetc';

const style = { activation: { kind: 'leakyRelu', slope: 0.3 }, batchNorm: 'after' } as const;

export default defineModel('effnet_leaky', () => {
  let x = input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  for (const [i, channels] of [64, 128, 256].entries()) {
    x = effnetBlock(x, { name: `block${i + 1}`, channels, ...style });
  }
  return dense(flatten(x), { name: 'fc', units: 10 });
});
