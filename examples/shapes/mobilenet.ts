/** MobileNet as EffNet's paper has it for CIFAR-10: the stem of the baseline, then two separable convs of stride 2. */
import { defineModel, dense, flatten, input, maxPool } from 'effnetc';
import { convUnit, separableConv } from './shared/convs.js';

export default defineModel('mobilenet', () => {
  let x = input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = maxPool(convUnit(x, 'conv1', 64, 3, 1), { kernel: 2 });
  for (const [i, channels] of [128, 256].entries()) x = separableConv(x, `block${i + 1}`, channels, 2);
  return dense(flatten(x), { name: 'fc', units: 10 });
});
