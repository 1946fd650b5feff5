/** MobileNetV1 of width 0.25 on 96x96 pixels: the visual wake words network of MLPerf Tiny, person or none. */
import { avgPool, defineModel, dense, input, softmax } from 'effnetc';
import { convUnit, separableConv } from './shared/convs.js';

/** Output channels and stride of each separable conv. */
const blocks = [
  [16, 1],
  [32, 2],
  [32, 1],
  [64, 2],
  [64, 1],
  [128, 2],
  [128, 1],
  [128, 1],
  [128, 1],
  [128, 1],
  [128, 1],
  [256, 2],
  [256, 1],
] as const;

export default defineModel('mobilenet_v1_025_96', () => {
  let x = input({ height: 96, width: 96, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = convUnit(x, 'conv1', 8, 3, 2);
  for (const [i, [channels, stride]] of blocks.entries()) x = separableConv(x, `block${i + 1}`, channels, stride);
  return softmax(dense(avgPool(x), { name: 'fc', units: 2 }));
});
