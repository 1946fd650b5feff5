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

const int8Only = (translate: Translation): Translated => ({ translate });
const int16Too = (translate: Translation): Translated => ({ translate, int16: 'alone' });
const changesType = (translate: Translation): Translated => ({ translate, int16: 'mixed' });

/** Every operator that is imported, by its name in the schema. */
export const translations: ReadonlyMap<string, Translated> = new Map(
  Object.entries({
    CONV_2D: int16Too(conv2d),
    DEPTHWISE_CONV_2D: int16Too(depthwiseConv2d),
    FULLY_CONNECTED: int16Too(fullyConnected),
    AVERAGE_POOL_2D: int16Too(averagePool2d),
    MAX_POOL_2D: int16Too(maxPool2d),
    MEAN: int16Too(meanOperator),
    REDUCE_MAX: int8Only(reduceMax),
    ADD: int16Too(addOperator),
    SUB: int16Too(subOperator),
    MUL: int16Too(mulOperator),
    CONCATENATION: int16Too(concatenation),
    SPLIT: int16Too(split),
    SPLIT_V: int16Too(splitV),
    SLICE: int16Too(sliceOperator),
    STRIDED_SLICE: int16Too(stridedSlice),
    RESHAPE: int16Too(reshape),
    SQUEEZE: int16Too(reshape),
    EXPAND_DIMS: int16Too(reshape),
    RESIZE_NEAREST_NEIGHBOR: int16Too(resizeNearestNeighbor),
    TRANSPOSE: int16Too(transpose),
    PAD: int16Too(pad),
    PADV2: int16Too(pad),
    SOFTMAX: int16Too(softmax),
    ARG_MAX: int8Only(argMax),
    LOGISTIC: int16Too(logisticOperator),
    TANH: int16Too(tanhOperator),
    HARD_SWISH: int8Only(hardSwish),
    ELU: int8Only(elu),
    RELU: int16Too(relu),
    RELU6: int16Too(relu6),
    RELU_N1_TO_1: int8Only(reluN1To1),
    RELU_0_TO_1: int8Only(relu0To1),
    MINIMUM: int16Too(minimum),
    MAXIMUM: int16Too(maximum),
    LEAKY_RELU: int16Too(leakyRelu),
    PRELU: int16Too(prelu),
    QUANTIZE: changesType(quantize),
    DEQUANTIZE: int16Too(dequantize),
  }),
);
