/** What EffNet's paper compares everything with on CIFAR-10: 3x3 convs and max pools. */
import { defineModel, dense, flatten, input, maxPool } from 'effnetc';
import { convUnit } from './shared/convs.js';

export default defineModel('baseline', () => {
  let x = input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  for (const [i, channels] of [64, 128, 256].entries()) {
    x = maxPool(convUnit(x, `conv${i + 1}`, channels, 3, 1), { kernel: 2 });
  }
  return dense(flatten(x), { name: 'fc', units: 10 });
});
