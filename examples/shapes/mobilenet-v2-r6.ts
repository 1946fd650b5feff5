/**
 * MobileNet v2 as EffNet's paper has it for CIFAR-10, r = 6: the stem of the baseline, then two inverted residual blocks. Both
 * have stride 2, so that nothing is added around them.
 */
import { activation, defineModel, dense, flatten, input, maxPool, type Tensor } from 'effnetc';
import { convUnit, depthwise, linearConv } from './shared/convs.js';

const expansion = 6;

function invertedResidual(x: Tensor, name: string, inputChannels: number, channels: number): Tensor {
  const wide = activation(linearConv(x, `${name}.expand`, inputChannels * expansion, 1, 1), 'relu6');
  return linearConv(activation(depthwise(wide, `${name}.dw`, 2), 'relu6'), `${name}.project`, channels, 1, 1);
}

export default defineModel('mobilenet_v2_r6', () => {
  let x = input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = maxPool(convUnit(x, 'conv1', 64, 3, 1), { kernel: 2 });
  x = invertedResidual(x, 'block1', 64, 128);
  x = invertedResidual(x, 'block2', 128, 256);
  return dense(flatten(x), { name: 'fc', units: 10 });
});
