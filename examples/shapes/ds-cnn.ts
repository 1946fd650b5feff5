/** DS-CNN, the keyword spotting network of MLPerf Tiny: 49 frames of 10 MFCCs, 12 words. */
import { avgPool, defineModel, dense, input, softmax } from 'effnetc';
import { convUnit, separableConv } from './shared/convs.js';

export default defineModel('ds_cnn', () => {
  let x = input({ height: 49, width: 10, channels: 1 });
  x = convUnit(x, 'conv1', 64, [10, 4], 2);
  for (const i of [1, 2, 3, 4]) x = separableConv(x, `block${i}`, 64, 1);
  return softmax(dense(avgPool(x), { name: 'fc', units: 12 }));
});
