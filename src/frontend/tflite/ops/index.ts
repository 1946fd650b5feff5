import { concatenation, sliceOperator, split, splitV, stridedSlice } from './channels.js';
import { conv2d, depthwiseConv2d } from './conv.js';
import { fullyConnected } from './fully-connected.js';
import {
  dequantize,
  elu,
  hardSwish,
  leakyRelu,
  logisticOperator,
  maximum,
  minimum,
  prelu,
  quantize,
  relu,
  relu0To1,
  relu6,
  reluN1To1,
  tanhOperator,
} from './lookups.js';
import type { Translated, Translation } from './op.js';
import { addOperator, meanOperator, mulOperator, subOperator } from './pairs.js';
import { pad, reshape, resizeNearestNeighbor, transpose } from './places.js';
import { averagePool2d, maxPool2d, reduceMax } from './pool.js';
import { argMax, softmax } from './softmax.js';

const narrow = (translate: Translation): Translated => ({ translate });
const wide = (translate: Translation): Translated => ({ translate, wide: 'one' });
const changesType = (translate: Translation): Translated => ({ translate, wide: 'any' });

/** Every operator that is imported, by its name in the schema. */
export const translations: ReadonlyMap<string, Translated> = new Map(
  Object.entries({
    CONV_2D: wide(conv2d),
    DEPTHWISE_CONV_2D: wide(depthwiseConv2d),
    FULLY_CONNECTED: wide(fullyConnected),
    AVERAGE_POOL_2D: wide(averagePool2d),
    MAX_POOL_2D: wide(maxPool2d),
    MEAN: wide(meanOperator),
    REDUCE_MAX: narrow(reduceMax),
    ADD: wide(addOperator),
    SUB: wide(subOperator),
    MUL: wide(mulOperator),
    CONCATENATION: wide(concatenation),
    SPLIT: wide(split),
    SPLIT_V: wide(splitV),
    SLICE: wide(sliceOperator),
    STRIDED_SLICE: wide(stridedSlice),
    RESHAPE: wide(reshape),
    SQUEEZE: wide(reshape),
    EXPAND_DIMS: wide(reshape),
    RESIZE_NEAREST_NEIGHBOR: wide(resizeNearestNeighbor),
    TRANSPOSE: wide(transpose),
    PAD: wide(pad),
    PADV2: wide(pad),
    SOFTMAX: wide(softmax),
    ARG_MAX: narrow(argMax),
    LOGISTIC: wide(logisticOperator),
    TANH: wide(tanhOperator),
    HARD_SWISH: narrow(hardSwish),
    ELU: narrow(elu),
    RELU: wide(relu),
    RELU6: wide(relu6),
    RELU_N1_TO_1: narrow(reluN1To1),
    RELU_0_TO_1: narrow(relu0To1),
    MINIMUM: wide(minimum),
    MAXIMUM: wide(maximum),
    LEAKY_RELU: wide(leakyRelu),
    PRELU: wide(prelu),
    QUANTIZE: changesType(quantize),
    DEQUANTIZE: wide(dequantize),
  }),
);
