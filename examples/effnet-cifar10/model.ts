/**
 * EffNet for CIFAR-10 as published (arXiv 1801.06434): three blocks and a dense layer, 5.6 M multiply-accumulates.
 * Trained weights: effnet_relu.npz, 81.37 % in float.
 */
import { defineModel, dense, effnetBlock, flatten, input } from 'effnetc';

export default defineModel('effnet_cifar10', () => {
  // Pixels are divided by 255: the int8 value q stands for (q + 128) / 255.
  let x = input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  for (const [i, channels] of [64, 128, 256].entries()) {
    x = effnetBlock(x, { name: `block${i + 1}`, channels });
  }
  return dense(flatten(x), { name: 'fc', units: 10 });
});
