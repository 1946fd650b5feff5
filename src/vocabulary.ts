/**
 * The vocabulary of model descriptions: what a `model.ts` imports from 'effnetc'.
 *
 * effnetc reads model files, it does not execute them. The functions here exist so that editors and the type checker know
 * them; calling one throws. This file imports nothing, since the reader hands it to the type checker alone.
 */

declare const tensorBrand: unique symbol;
declare const modelBrand: unique symbol;

/** The result of an op: an activation of height x width x channels. Opaque, to be handed to further ops. */
export interface Tensor {
  readonly [tensorBrand]: 'tensor';
}

/** What {@link defineModel} makes, and what a model file exports as default. */
export interface Model {
  readonly [modelBrand]: 'model';
}

/** One number for both axes, or [rows, columns]. */
export type PerAxis = number | readonly [rows: number, columns: number];

/**
 * `'valid'`: none. `'same'`: as TensorFlow pads, so that the output has ceil(input / stride) positions; of an odd amount,
 * bottom and right get the larger part. A number pads all four sides, a pair [rows, columns] both ends of an axis.
 */
export type Padding =
  | 'same'
  | 'valid'
  | number
  | readonly [rows: number, columns: number]
  | { readonly top?: number; readonly bottom?: number; readonly left?: number; readonly right?: number };

export interface Named {
  /**
   * Unique in the model, of letters, digits and `_ . / -`. Parameters in the weights file, diagnostics and C functions are
   * named after it. Left out, it is made from the kind of op: `conv`, `conv_2`.
   */
  readonly name?: string;
}

export interface InputOptions extends Named {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** real = scale * (q - zeroPoint). Left out, scale and zero point come from calibration. */
  readonly scale?: number;
  /** 16: the caller hands in int16, with the zero point 0. Left out: int8. */
  readonly bits?: 16;
  /** -128 to 127; given together with `scale`. */
  readonly zeroPoint?: number;
  /**
   * What the pixels 0 and 255 of uint8, PNG and JPEG images mean in real units; those between lie on the line. Default
   * [0, 1]. A network trained on images from -1 to 1 has [-1, 1].
   */
  readonly pixels?: readonly [low: number, high: number];
}

/** Options of ops that have weights. */
export interface WeightOptions {
  /**
   * Bits of the weights in flash, where `effnetc quantize --weight-bits` says nothing else: 4 (-7 to 7), 3 (-3 to 3), 2 (-1, 0, 1) or
   * 1 (-1, 1), times a scale per output channel. Default 8.
   */
  readonly weightBits?: 8 | 4 | 3 | 2 | 1;
}

export interface ConvOptions extends BinaryConvOptions, WeightOptions {}

/** Options of {@link binaryConv}. */
export interface BinaryConvOptions extends Named {
  /** Output channels. */
  readonly channels: number;
  readonly kernel: PerAxis;
  /** Default 1. */
  readonly stride?: PerAxis;
  /** Default `'valid'`. */
  readonly padding?: Padding;
  /** Input and output channels are split into this many independent parts. Default 1. */
  readonly groups?: number;
  /** Default true. */
  readonly bias?: boolean;
}

export interface DepthwiseConvOptions extends Named, WeightOptions {
  readonly kernel: PerAxis;
  /** Default 1. */
  readonly stride?: PerAxis;
  /** Default `'valid'`. */
  readonly padding?: Padding;
  /** Output channels per input channel. Default 1. */
  readonly multiplier?: number;
  /** Default true. */
  readonly bias?: boolean;
}

export interface PoolOptions extends Named {
  readonly kernel: PerAxis;
  /** Default: the kernel, so that windows do not overlap. */
  readonly stride?: PerAxis;
  /** Default `'valid'`. */
  readonly padding?: Padding;
}

export interface GlobalPoolOptions extends Named {
  readonly kernel?: undefined;
  readonly stride?: undefined;
  readonly padding?: undefined;
}

export interface DenseOptions extends Named, WeightOptions {
  /** Outputs. */
  readonly units: number;
  /** Default true. */
  readonly bias?: boolean;
}

/** Activations that need no further option. The slopes of `'prelu'` come from the weights file, one per channel. */
export type SimpleActivation =
  | 'identity'
  | 'relu'
  | 'relu6'
  | 'reluN1To1'
  | 'prelu'
  | 'sigmoid'
  | 'tanh'
  | 'hardSwish'
  | 'swish';

export type Activation =
  | { readonly kind: SimpleActivation }
  /** x where x >= 0, otherwise slope * x; the slope is between 0 and 1. */
  | { readonly kind: 'leakyRelu'; readonly slope: number };

/** Options of {@link lookup}. */
export interface LookupOptions extends Named {
  /** What the function is for real numbers; its table is made from that where the weights file has none. Default `'identity'`. */
  readonly function?: Activation;
  /** Each channel has a table of its own. Default false. */
  readonly perChannel?: boolean;
}

/** Options of {@link rescale}. */
export interface RescaleOptions extends Named {
  /** What the function is for real numbers, of two slopes and a clamp. Default `'identity'`. */
  readonly function?: Activation;
  /** Each channel has numbers of its own. Default false. */
  readonly perChannel?: boolean;
  /** The product is added to an offset, or subtracted from it. Default `'none'`. */
  readonly sum?: 'none' | 'plus' | 'minus';
}

/** Options of {@link curve}. */
export interface CurveOptions extends Named {
  readonly function: 'sigmoid' | 'tanh';
}

export interface SliceOptions extends Named {
  /** The first channel that is taken. */
  readonly from: number;
  /** How many channels are taken. */
  readonly channels: number;
}

export interface ChannelShuffleOptions extends Named {
  readonly groups: number;
}

export interface PadOptions extends Named {
  readonly padding: {
    readonly top?: number;
    readonly bottom?: number;
    readonly left?: number;
    readonly right?: number;
  };
  /** In real units. Default 0. */
  readonly value?: number;
}

export interface ReshapeOptions extends Named {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface BatchNormOptions extends Named {
  /** Added to the variance. Default: 1e-5 with PyTorch weights, 1e-3 with Keras weights, as either has it. */
  readonly epsilon?: number;
}

export interface FlattenOptions extends Named {
  /**
   * Order in which the elements are numbered for the dense layer that follows. `'NHWC'` (default): as Keras does.
   * `'NCHW'`: as PyTorch's Flatten numbered them when the dense weights were trained.
   */
  readonly order?: 'NHWC' | 'NCHW';
}

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
  readonly activation?: SimpleActivation | Activation;
  /**
   * Activation after the 1x1 and the 2x1 conv instead. Default: as `activation`; in the revised form leakyRelu with slope
   * 0.3, for the paper gives no slope and 0.3 is what the common public code uses.
   */
  readonly pointwiseActivation?: SimpleActivation | Activation;
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
  readonly activation?: SimpleActivation | Activation;
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
  readonly activation?: SimpleActivation | Activation;
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
  /** Of the depthwise conv. Default 1: the input is added. Otherwise a 3x3 average pool of it stands in front. */
  readonly stride?: PerAxis;
  /** Default true. Without it the last conv makes all channels and has the activation. */
  readonly shortcut?: boolean;
  /** After the first 1x1 conv and at the end. Default `'relu'`. */
  readonly activation?: SimpleActivation | Activation;
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
  readonly activation?: SimpleActivation | Activation;
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
  readonly activation?: SimpleActivation | Activation;
  /** After the second one. Default `'sigmoid'`. */
  readonly gate?: SimpleActivation | Activation;
}

const notExecuted = (): never => {
  throw new Error('model files are read by effnetc, not executed: run `effnetc compile model.ts`');
};

/**
 * Defines a network. `name` is a C identifier, the prefix of every symbol of the generated code; `build` calls the ops and
 * returns the tensor that is the result. A model file exports the model as its default.
 */
export const defineModel: (name: string, build: () => Tensor) => Model = notExecuted;

/** The image or feature map that the caller hands in. A model has one. */
export const input: (options: InputOptions) => Tensor = notExecuted;

/** Convolution, grouped if wanted. */
export const conv: (x: Tensor, options: ConvOptions) => Tensor = notExecuted;

/** Convolution of each channel by itself. */
export const depthwiseConv: (x: Tensor, options: DepthwiseConvOptions) => Tensor = notExecuted;

/** Largest value of each window, by channel. */
export const maxPool: (x: Tensor, options: PoolOptions) => Tensor = notExecuted;

/** Mean of each window, by channel; without a kernel, of the whole height and width. */
export const avgPool: (x: Tensor, options?: PoolOptions | GlobalPoolOptions) => Tensor = notExecuted;

/** Mean over height and width, by channel, with a scale of its own: what TensorFlow Lite calls MEAN. */
export const mean: (x: Tensor, options?: Named) => Tensor = notExecuted;

/** Sum of two tensors, element by element: a residual connection. A single row, column or channel stands for all. */
export const add: (a: Tensor, b: Tensor, options?: Named) => Tensor = notExecuted;

/** `a - b`, element by element, like {@link add}. */
export const sub: (a: Tensor, b: Tensor, options?: Named) => Tensor = notExecuted;

/** Product of two tensors, element by element, like {@link add}: the scales of a squeeze-and-excite are 1x1xC. */
export const mul: (a: Tensor, b: Tensor, options?: Named) => Tensor = notExecuted;

/** The channels of several tensors of the same height and width, one after the other. */
export const concat: (parts: readonly Tensor[], options?: Named) => Tensor = notExecuted;

/** Some neighbouring channels. */
export const slice: (x: Tensor, options: SliceOptions) => Tensor = notExecuted;

/** The first channel of each group, then the second of each, and so on, as in ShuffleNet. */
export const channelShuffle: (x: Tensor, options: ChannelShuffleOptions) => Tensor = notExecuted;

/** Rows and columns of one value around a tensor. A conv pads with zeros by itself, at less cost. */
export const pad: (x: Tensor, options: PadOptions) => Tensor = notExecuted;

/** The same elements in the same order, in fewer rows or with another number of channels. */
export const reshape: (x: Tensor, options: ReshapeOptions) => Tensor = notExecuted;

/**
 * A function of single values, as a table that is never fused into other ops: `effnetc import` writes it where an operator
 * computes in a way of its own. Elsewhere, use {@link activation}.
 */
export const lookup: (x: Tensor, options?: LookupOptions) => Tensor = notExecuted;

/**
 * A multiple of each value, with numbers from the weights file: `effnetc import` writes it where an operator on int16 values
 * computes in a way of its own. Elsewhere, use {@link activation}.
 */
export const rescale: (x: Tensor, options?: RescaleOptions) => Tensor = notExecuted;

/**
 * Sigmoid or tanh with an int16 result, as TensorFlow Lite computes it of int16: `effnetc import` writes it. Elsewhere, use
 * {@link activation}.
 */
export const curve: (x: Tensor, options: CurveOptions) => Tensor = notExecuted;

/** Fully connected layer over all elements of its input, taken in NHWC order unless a {@link flatten} says otherwise. */
export const dense: (x: Tensor, options: DenseOptions) => Tensor = notExecuted;

/** Elementwise activation: `activation(x, 'relu')` or `activation(x, { kind: 'leakyRelu', slope: 0.1 })`. */
export const activation: (x: Tensor, options: SimpleActivation | (Activation & Named)) => Tensor = notExecuted;

/** Batch normalisation with running statistics: before an activation or after it. */
export const batchNorm: (x: Tensor, options?: BatchNormOptions) => Tensor = notExecuted;

/** All elements as one vector. */
export const flatten: (x: Tensor, options?: FlattenOptions) => Tensor = notExecuted;

/** Softmax over the channels. */
export const softmax: (x: Tensor, options?: Named) => Tensor = notExecuted;

/** Index of the largest value of the whole tensor, rows first, the first of equals; an int32, and the end of a network. */
export const argmax: (x: Tensor, options?: Named) => Tensor = notExecuted;

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
