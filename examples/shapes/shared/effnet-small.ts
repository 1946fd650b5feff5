/** The first published EffNet (arXiv 1801.06434) with few channels: three blocks on 32x32 pixels, and a dense layer. */
import { dense, effnetBlock, flatten, input, type Tensor } from 'effnetc';

export function effnetSmall(channelsOfBlocks: readonly number[], classes: number): Tensor {
  let x = input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  for (const [i, channels] of channelsOfBlocks.entries()) x = effnetBlock(x, { name: `block${i + 1}`, channels });
  return dense(flatten(x), { name: 'fc', units: classes });
}
