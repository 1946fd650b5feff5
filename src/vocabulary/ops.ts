import { type Model, type Named, notExecuted, type Padding, type PerAxis, type Tensor } from './core.js';

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

/** Activations that can stand for themselves, as a string. */
export type ActivationName = SimpleActivation | 'elu';

export type Activation =
  | { readonly kind: SimpleActivation }
  /** x where x >= 0, otherwise alpha * (exp(x) - 1); alpha is 1 by default. */
  | { readonly kind: 'elu'; readonly alpha?: number }
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

/** Options of {@link resize}. */
export interface ResizeOptions extends Named {
  /** How many times as high and as wide, from 1 to 64. */
  readonly factor: PerAxis;
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

/** Enlarges height and width by whole factors: each value is repeated (nearest neighbour). */
export const resize: (x: Tensor, options: ResizeOptions) => Tensor = notExecuted;

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
export const activation: (x: Tensor, options: ActivationName | (Activation & Named)) => Tensor = notExecuted;

/** Batch normalisation with running statistics: before an activation or after it. */
export const batchNorm: (x: Tensor, options?: BatchNormOptions) => Tensor = notExecuted;

/** All elements as one vector. */
export const flatten: (x: Tensor, options?: FlattenOptions) => Tensor = notExecuted;

/** Softmax over the channels. */
export const softmax: (x: Tensor, options?: Named) => Tensor = notExecuted;

/** Index of the largest value of the whole tensor, rows first, the first of equals; an int32, and the end of a network. */
export const argmax: (x: Tensor, options?: Named) => Tensor = notExecuted;
