/** One EffNet block and a dense layer on 8x8 pixels: small enough to read all of the C that it becomes. */
import { defineModel, dense, effnetBlock, flatten, input } from 'effnetc';

export default defineModel('tiny', () => {
  const x = input({ height: 8, width: 8, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  const y = effnetBlock(x, { name: 'block', channels: 8, bottleneck: 4 });
  return dense(flatten(y), { name: 'fc', units: 4 });
});
