/** MixNet-S (arXiv 1907.09595) on 224x224 pixels, 1000 classes of ImageNet. */
import { activation, avgPool, batchNorm, conv, defineModel, dense, input } from 'effnetc';
import { type MixBlock, mixBlocks } from './shared/mixnet.js';

/** The table of the paper's code, mixnet_s: the stages in order. Where `repeat` is not 1, only the first block has the stride. */
const stages: readonly (MixBlock & { readonly repeat?: number })[] = [
  { kernels: [3], channels: 16, expansion: 1 },
  { kernels: [3], channels: 24, expansion: 6, stride: 2, expandGroups: 2, projectGroups: 2 },
  { kernels: [3], channels: 24, expansion: 3, expandGroups: 2, projectGroups: 2 },
  { kernels: [3, 5, 7], channels: 40, expansion: 6, stride: 2, squeeze: 0.5, swish: true },
  {
    repeat: 3,
    kernels: [3, 5],
    channels: 40,
    expansion: 6,
    expandGroups: 2,
    projectGroups: 2,
    squeeze: 0.5,
    swish: true,
  },
  { kernels: [3, 5, 7], channels: 80, expansion: 6, stride: 2, projectGroups: 2, squeeze: 0.25, swish: true },
  { repeat: 2, kernels: [3, 5], channels: 80, expansion: 6, projectGroups: 2, squeeze: 0.25, swish: true },
  { kernels: [3, 5, 7], channels: 120, expansion: 6, expandGroups: 2, projectGroups: 2, squeeze: 0.5, swish: true },
  {
    repeat: 2,
    kernels: [3, 5, 7, 9],
    channels: 120,
    expansion: 3,
    expandGroups: 2,
    projectGroups: 2,
    squeeze: 0.5,
    swish: true,
  },
  { kernels: [3, 5, 7, 9, 11], channels: 200, expansion: 6, stride: 2, squeeze: 0.5, swish: true },
  { repeat: 2, kernels: [3, 5, 7, 9], channels: 200, expansion: 6, projectGroups: 2, squeeze: 0.5, swish: true },
];

export default defineModel('mixnet_s', () => {
  let x = input({ height: 224, width: 224, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = conv(x, { name: 'stem', channels: 16, kernel: 3, stride: 2, padding: 'same', bias: false });
  x = activation(batchNorm(x), 'relu');
  let inputChannels = 16;
  for (const [i, { repeat = 1, ...block }] of stages.entries()) {
    x = mixBlocks(x, `stage${i + 1}`, inputChannels, block, repeat);
    inputChannels = block.channels;
  }
  x = conv(x, { name: 'head', channels: 1536, kernel: 1, bias: false });
  x = avgPool(activation(batchNorm(x), 'relu'));
  return dense(x, { name: 'fc', units: 1000 });
});
