/** MobileNetV1 of width 0.25 on 96x96 pixels: the visual wake words network of MLPerf Tiny, person or none. */
import { activation, avgPool, batchNorm, conv, defineModel, dense, input, mobilenetBlock, softmax } from 'effnetc';

/** Output channels and stride of each block. */
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
  x = conv(x, { name: 'conv1', channels: 8, kernel: 3, stride: 2, padding: 'same', bias: false });
  x = activation(batchNorm(x), 'relu');
  for (const [i, [channels, stride]] of blocks.entries()) {
    x = mobilenetBlock(x, { name: `block${i + 1}`, channels, stride });
  }
  return softmax(dense(avgPool(x), { name: 'fc', units: 2 }));
});
