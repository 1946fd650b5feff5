/** The block of MixNet (arXiv 1907.09595): an inverted residual with several depthwise kernels and squeeze-and-excitation. */
import { activation, add, batchNorm, conv, mixConv, squeezeExcite, type Tensor } from 'effnetc';

export interface MixBlock {
  /** Of the depthwise convs, each over its range of channels. */
  readonly kernels: readonly number[];
  /** Output channels. */
  readonly channels: number;
  readonly expansion: number;
  readonly stride?: number;
  readonly expandGroups?: number;
  readonly projectGroups?: number;
  /** Channels inside of the squeeze-and-excitation, as a part of the input channels. None where it is left out. */
  readonly squeeze?: number;
  /** Swish instead of relu. */
  readonly swish?: boolean;
}

const pointwise = (x: Tensor, name: string, channels: number, groups: number): Tensor =>
  batchNorm(conv(x, { name, channels, kernel: 1, groups, bias: false }));

function mixBlock(x: Tensor, name: string, inputChannels: number, block: MixBlock): Tensor {
  const { kernels, channels, expansion, stride = 1, expandGroups = 1, projectGroups = 1, squeeze, swish } = block;
  const act = swish === true ? 'swish' : 'relu';
  let y = x;
  if (expansion !== 1) {
    y = activation(pointwise(y, `${name}.expand`, inputChannels * expansion, expandGroups), act);
  }
  y = mixConv(y, { name: `${name}.mix`, kernels, stride, activation: act });
  if (squeeze !== undefined) {
    const bottleneck = Math.floor(inputChannels * squeeze);
    y = squeezeExcite(y, { name: `${name}.se`, bottleneck, activation: act });
  }
  y = pointwise(y, `${name}.project`, channels, projectGroups);
  return stride === 1 && channels === inputChannels ? add(x, y, { name: `${name}.add` }) : y;
}

/** A stage: of several blocks, the first one has the stride and makes the channels. */
export function mixBlocks(x: Tensor, name: string, inputChannels: number, block: MixBlock, repeat: number): Tensor {
  let y = mixBlock(x, `${name}.1`, inputChannels, block);
  for (const [i] of Array.from({ length: repeat - 1 }).entries()) {
    y = mixBlock(y, `${name}.${i + 2}`, block.channels, { ...block, stride: 1 });
  }
  return y;
}
