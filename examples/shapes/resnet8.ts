/** ResNet-8, the image classification network of MLPerf Tiny, CIFAR-10: three stacks of two 3x3 convs with skips. */
import { activation, add, avgPool, conv, defineModel, dense, input, softmax, type Tensor } from 'effnetc';
import { convUnit, linearConv } from './shared/convs.js';

/** Where the stack halves height and width, so does a 1x1 conv in the skip. */
function stack(x: Tensor, name: string, channels: number, stride: number): Tensor {
  const y = linearConv(convUnit(x, `${name}.conv1`, channels, 3, stride), `${name}.conv2`, channels, 3, 1);
  const skip = stride === 1 ? x : conv(x, { name: `${name}.skip`, channels, kernel: 1, stride });
  return activation(add(skip, y, { name: `${name}.add` }), 'relu');
}

export default defineModel('resnet8', () => {
  let x = input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = convUnit(x, 'conv1', 16, 3, 1);
  for (const [i, channels] of [16, 32, 64].entries()) x = stack(x, `stack${i + 1}`, channels, i === 0 ? 1 : 2);
  return softmax(dense(avgPool(x), { name: 'fc', units: 10 }));
});
