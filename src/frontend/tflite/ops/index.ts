import { concatenation, sliceOperator, split, stridedSlice } from './channels.js';
import { conv2d, depthwiseConv2d } from './conv.js';
import { fullyConnected } from './fully-connected.js';
import {
  dequantize,
  hardSwish,
  leakyRelu,
  logisticOperator,
  prelu,
  quantize,
  relu,
  relu6,
  reluN1To1,
  tanhOperator,
} from './lookups.js';
import type { Translation } from './op.js';
import { addOperator, meanOperator, mulOperator, subOperator } from './pairs.js';
import { pad, reshape, transpose } from './places.js';
import { averagePool2d, maxPool2d } from './pool.js';
import { softmax } from './softmax.js';

/** Every operator that is imported, by its name in the schema. */
export const translations: ReadonlyMap<string, Translation> = new Map(
  Object.entries({
    CONV_2D: conv2d,
    DEPTHWISE_CONV_2D: depthwiseConv2d,
    FULLY_CONNECTED: fullyConnected,
    AVERAGE_POOL_2D: averagePool2d,
    MAX_POOL_2D: maxPool2d,
    MEAN: meanOperator,
    ADD: addOperator,
    SUB: subOperator,
    MUL: mulOperator,
    CONCATENATION: concatenation,
    SPLIT: split,
    SLICE: sliceOperator,
    STRIDED_SLICE: stridedSlice,
    RESHAPE: reshape,
    SQUEEZE: reshape,
    EXPAND_DIMS: reshape,
    TRANSPOSE: transpose,
    PAD: pad,
    PADV2: pad,
    SOFTMAX: softmax,
    LOGISTIC: logisticOperator,
    TANH: tanhOperator,
    HARD_SWISH: hardSwish,
    RELU: relu,
    RELU6: relu6,
    RELU_N1_TO_1: reluN1To1,
    LEAKY_RELU: leakyRelu,
    PRELU: prelu,
    QUANTIZE: quantize,
    DEQUANTIZE: dequantize,
  }),
);
