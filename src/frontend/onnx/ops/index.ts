import { clip, elu, hardSigmoid, hardSwish, leakyRelu, prelu, relu, sigmoid, tanh } from './activations.js';
import { concat, slice, split } from './channels.js';
import { conv, gemm, matMul } from './linear.js';
import { argMax, batchNormalization, requantise, softmax } from './normalisation.js';
import type { Translation } from './op.js';
import { add, div, mul, sub } from './pairs.js';
import { cast, flatten, gather, pad, reshape, resize, shape, squeeze, transpose, unsqueeze } from './places.js';
import { averagePool, globalAveragePool, globalMaxPool, maxPool, reduceMax, reduceMean } from './pool.js';

/** What each operator of ONNX becomes, by its name; QLinear forms have become these already. */
export const translations: ReadonlyMap<string, Translation> = new Map([
  ['Add', add],
  ['ArgMax', argMax],
  ['AveragePool', averagePool],
  ['BatchNormalization', batchNormalization],
  ['Cast', cast],
  ['Clip', clip],
  ['Concat', concat],
  ['Conv', conv],
  ['Div', div],
  ['Elu', elu],
  ['Flatten', flatten],
  ['Gather', gather],
  ['Gemm', gemm],
  ['GlobalAveragePool', globalAveragePool],
  ['GlobalMaxPool', globalMaxPool],
  ['HardSigmoid', hardSigmoid],
  ['HardSwish', hardSwish],
  ['LeakyRelu', leakyRelu],
  ['MatMul', matMul],
  ['MaxPool', maxPool],
  ['Mul', mul],
  ['PRelu', prelu],
  ['Pad', pad],
  ['ReduceMax', reduceMax],
  ['ReduceMean', reduceMean],
  ['Relu', relu],
  ['Requantise', requantise],
  ['Reshape', reshape],
  ['Resize', resize],
  ['Shape', shape],
  ['Sigmoid', sigmoid],
  ['Slice', slice],
  ['Softmax', softmax],
  ['Split', split],
  ['Squeeze', squeeze],
  ['Sub', sub],
  ['Sum', add],
  ['Tanh', tanh],
  ['Transpose', transpose],
  ['Unsqueeze', unsqueeze],
]);
