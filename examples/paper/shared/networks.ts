/**
 * The networks of the tables of EffNet's paper (arXiv 1801.06434 v6), each for three data sets: all have three stages that
 * halve height and width, and a dense layer. Only the numbers of channels and classes differ.
 */
import {
  activation,
  batchNorm,
  conv,
  dense,
  effnetBlock,
  flatten,
  input,
  invertedResidual,
  maxPool,
  mobilenetBlock,
  shufflenetUnit,
  type Tensor,
} from 'effnetc';

/** Channels of the three stages, and classes. The paper has no table for the small ones; these give its printed FLOPs. */
export interface Size {
  readonly channels: readonly [number, number, number];
  readonly classes: number;
}

export const cifar10: Size = { channels: [64, 128, 256], classes: 10 };
export const svhn: Size = { channels: [12, 24, 48], classes: 10 };
export const gtsrb: Size = { channels: [8, 16, 32], classes: 43 };

const image = (): Tensor => input({ height: 32, width: 32, channels: 3, scale: 1 / 255, zeroPoint: -128 });

const head = (x: Tensor, { classes }: Size): Tensor => dense(flatten(x), { name: 'fc', units: classes });

/** 3x3 conv and max pool: a stage of the baseline, and the first one of all networks but the EffNet first published. */
function stage(x: Tensor, name: string, channels: number): Tensor {
  const y = batchNorm(conv(x, { name, channels, kernel: 3, padding: 'same', bias: false }));
  return maxPool(activation(y, 'relu'), { kernel: 2 });
}

export function baseline(size: Size): Tensor {
  let x = image();
  for (const [i, channels] of size.channels.entries()) x = stage(x, `conv${i + 1}`, channels);
  return head(x, size);
}

/** The EffNet first published: the first stage is a block, too. */
export function effnet(size: Size): Tensor {
  let x = image();
  for (const [i, channels] of size.channels.entries()) x = effnetBlock(x, { name: `block${i + 1}`, channels });
  return head(x, size);
}

/** The revised EffNet of expansion rate r. */
export function effnetRevised(size: Size, expansion: number): Tensor {
  const [first, ...others] = size.channels;
  let x = stage(image(), 'stem', first);
  for (const [i, channels] of others.entries()) x = effnetBlock(x, { name: `block${i + 1}`, channels, expansion });
  return head(x, size);
}

export function mobilenet(size: Size): Tensor {
  const [first, ...others] = size.channels;
  let x = stage(image(), 'conv1', first);
  for (const [i, channels] of others.entries()) x = mobilenetBlock(x, { name: `block${i + 1}`, channels, stride: 2 });
  return head(x, size);
}

/** MobileNet v2 of expansion rate r. Both blocks have stride 2, so that nothing is added around them. */
export function mobilenetV2(size: Size, expansion: number): Tensor {
  const [first, ...others] = size.channels;
  let x = stage(image(), 'conv1', first);
  for (const [i, channels] of others.entries()) {
    x = invertedResidual(x, { name: `block${i + 1}`, channels, expansion, stride: 2 });
  }
  return head(x, size);
}

/** The paper's tables have the last 1x1 make all channels, so there is no average pool beside it. */
export function shufflenet(size: Size): Tensor {
  const [first, ...others] = size.channels;
  let x = stage(image(), 'conv1', first);
  for (const [i, channels] of others.entries()) {
    x = shufflenetUnit(x, { name: `block${i + 1}`, channels, groups: 4, stride: 2, shortcut: false });
  }
  return head(x, size);
}
