/**
 * The revised EffNet for CIFAR-10 (arXiv 1801.06434 v6): a 3x3 stem and two blocks of expansion r. The channels between the
 * convs of a block are r / 2 times its input channels, and twice as many after the first depthwise conv.
 */
import { activation, batchNorm, conv, dense, effnetBlock, flatten, input, maxPool, type Tensor } from 'effnetc';

export function effnetRevised(expansion: number): Tensor {
  let x = input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = conv(x, { name: 'stem', channels: 64, kernel: 3, padding: 'same', bias: false });
  x = maxPool(activation(batchNorm(x), 'relu'), { kernel: 2 });
  for (const [i, channels] of [128, 256].entries()) x = effnetBlock(x, { name: `block${i + 1}`, channels, expansion });
  return dense(flatten(x), { name: 'fc', units: 10 });
}
