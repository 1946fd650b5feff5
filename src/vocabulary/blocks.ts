import { type Named, notExecuted, type PerAxis, type Tensor } from './core.js';
import type { Activation, ActivationName, BinaryConvOptions, batchNorm } from './ops.js';

/** What the convs of a block have around them. */
export interface BlockUnitOptions {
  /** Batch norm before the activation (default), after it, or none. */
  readonly batchNorm?: 'before' | 'after' | 'none';
  /** Epsilon of the batch norms; default as in {@link batchNorm}. */
  readonly epsilon?: number;
  /** Do the convs have a bias? Default: only where there is no batch norm. */
  readonly bias?: boolean;
}

/** Options of {@link effnetBlock}. */
export interface EffnetBlockOptions extends BlockUnitOptions {
  /** Prefix of the names of the block's ops: `<name>.pw`, `<name>.dw1`, `<name>.pool`, `<name>.dw2`, `<name>.conv`. */
  readonly name: string;
  /** Output channels. */
  readonly channels: number;
  /** Channels after the first 1x1 conv. Default: max(6, channels / 2), or floor(input channels * expansion / 2). */
  readonly bottleneck?: number;
  /** The revised form with this expansion rate (2, 4 or 6 in the paper). Left out: the form first published. */
  readonly expansion?: number;
  /** Channel multiplier of the first depthwise conv. Default 1; in the revised form 2. */
  readonly multiplier?: number;
  /** Axis along which the max pool halves. Default `'width'`, as in the paper; common Keras code has `'height'`. */
  readonly poolAxis?: 'width' | 'height';
  /** Axis of the stride of the last conv, whose kernel is 2x1 in any case. Default `'height'`; common Keras code: `'width'`. */
  readonly strideAxis?: 'height' | 'width';
  /** Padding of the last conv. Default `'valid'`; common Keras code has `'same'`. */
  readonly padding?: 'valid' | 'same';
  /** Activation after all four convs. Default `'relu'`. */
  readonly activation?: ActivationName | Activation;
  /**
   * Activation after the 1x1 and the 2x1 conv instead. Default: as `activation`; in the revised form leakyRelu with slope
   * 0.3, for the paper gives no slope and 0.3 is what the common public code uses.
   */
  readonly pointwiseActivation?: ActivationName | Activation;
}

/** Options of {@link mobilenetBlock}. */
export interface MobilenetBlockOptions extends BlockUnitOptions {
  /** Prefix of the names of the block's ops: `<name>.dw`, `<name>.pw`. */
  readonly name: string;
  /** Output channels. */
  readonly channels: number;
  /** Of the depthwise conv, which is padded as `'same'`. Default 3. */
  readonly kernel?: PerAxis;
  /** Of the depthwise conv. Default 1. */
  readonly stride?: PerAxis;
  /** After both convs. Default `'relu'`. */
  readonly activation?: ActivationName | Activation;
}

/** Options of {@link invertedResidual}. */
export interface InvertedResidualOptions extends BlockUnitOptions {
  /** Prefix of the names of the block's ops: `<name>.expand`, `<name>.dw`, `<name>.project`, `<name>.add`. */
  readonly name: string;
  /** Output channels. */
  readonly channels: number;
  /** Channels between the 1x1 convs, as a multiple of those of the input. Default 6; with 1 there is no first 1x1 conv. */
  readonly expansion?: number;
  /** Of the depthwise conv, which is padded as `'same'`. Default 3. */
  readonly kernel?: PerAxis;
  /** Of the depthwise conv. Default 1. With another one, nothing is added. */
  readonly stride?: PerAxis;
  /** After the first two convs; the last one has none. Default `'relu6'`. */
  readonly activation?: ActivationName | Activation;
}

/** Options of {@link shufflenetUnit}. */
export interface ShufflenetUnitOptions extends BlockUnitOptions {
  /**
   * Prefix of the names of the block's ops: `<name>.reduce`, `<name>.shuffle`, `<name>.dw`, `<name>.expand`, and `<name>.pool`,
   * `<name>.concat` or `<name>.add`, and `<name>.act`.
   */
  readonly name: string;
  /** Output channels, those of the shortcut included. */
  readonly channels: number;
  /** Groups of both 1x1 convs and of the shuffle. */
  readonly groups: number;
  /** Groups of the first 1x1 conv, where the input has few channels. Default: as `groups`. */
  readonly firstGroups?: number;
  /** Channels between the 1x1 convs. Default: a quarter of `channels`. */
  readonly bottleneck?: number;
  /** Of the depthwise conv. Default 1: the input is added. Otherwise a 3x3 average pool of it stands before. */
  readonly stride?: PerAxis;
  /** Default true. Without it the last conv makes all channels and has the activation. */
  readonly shortcut?: boolean;
  /** After the first 1x1 conv and at the end. Default `'relu'`. */
  readonly activation?: ActivationName | Activation;
}

/** Options of {@link mixConv}. */
export interface MixConvOptions extends BlockUnitOptions {
  /** Prefix of the names of the block's ops: `<name>.split1`, `<name>.dw1`, and so on, `<name>.concat`, `<name>.act`. */
  readonly name: string;
  /** One for each range of the channels, padded as `'same'`. */
  readonly kernels: readonly PerAxis[];
  /** Default 1. */
  readonly stride?: PerAxis;
  /** Default `'relu'`. */
  readonly activation?: ActivationName | Activation;
}

/** Options of {@link squeezeExcite}. */
export interface SqueezeExciteOptions {
  /** Prefix of the names of the block's ops: `<name>.mean`, `<name>.reduce`, `<name>.expand`, `<name>.scale`. */
  readonly name: string;
  /** Channels between the two 1x1 convs. Default: floor(channels * `ratio`), at least 1. */
  readonly bottleneck?: number;
  /** Default 1/4. */
  readonly ratio?: number;
  /** After the first 1x1 conv. Default `'relu'`. */
  readonly activation?: ActivationName | Activation;
  /** After the second one. Default `'sigmoid'`. */
  readonly gate?: ActivationName | Activation;
}

/**
 * The block of EffNet (arXiv 1801.06434): 1x1 conv, 1x3 depthwise, 1x2 max pool, 3x1 depthwise, 2x1 conv with stride 2x1,
 * each conv with batch norm and activation. Halves height and width.
 */
export const effnetBlock: (x: Tensor, options: EffnetBlockOptions) => Tensor = notExecuted;

/** The block of MobileNet v1 (arXiv 1704.04861): depthwise conv and 1x1 conv. */
export const mobilenetBlock: (x: Tensor, options: MobilenetBlockOptions) => Tensor = notExecuted;

/**
 * The block of MobileNet v2 (arXiv 1801.04381): 1x1 to more channels, depthwise, 1x1 without activation. The input is added
 * where stride is 1 and the channels stay as many.
 */
export const invertedResidual: (x: Tensor, options: InvertedResidualOptions) => Tensor = notExecuted;

/**
 * The unit of ShuffleNet v1 (arXiv 1707.01083): grouped 1x1, channel shuffle, 3x3 depthwise, grouped 1x1, and a shortcut. The
 * shuffle costs nothing: the first conv makes its channels in that order.
 */
export const shufflenetUnit: (x: Tensor, options: ShufflenetUnitOptions) => Tensor = notExecuted;

/** MixConv (arXiv 1907.09595): ranges of channels, each with a depthwise conv of a kernel of its own. */
export const mixConv: (x: Tensor, options: MixConvOptions) => Tensor = notExecuted;

/** Squeeze-and-excitation (arXiv 1709.01507): each channel times what two 1x1 convs make of the means of all. */
export const squeezeExcite: (x: Tensor, options: SqueezeExciteOptions) => Tensor = notExecuted;

/**
 * The conv of binary-weight networks (arXiv 1603.05279): `conv` with `weightBits: 1`. Weights are -1 and 1 times a scale per output
 * channel, made from the float weights of a file as their signs and the mean of their magnitudes.
 */
export const binaryConv: (x: Tensor, options: BinaryConvOptions) => Tensor = notExecuted;

/** x * sigmoid(x), also called SiLU: short for `activation(x, 'swish')`. */
export const swish: (x: Tensor, options?: Named) => Tensor = notExecuted;
