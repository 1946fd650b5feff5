/** Convs as the MobileNets and ResNets have them: with batch norm, and `same` padding as in TensorFlow. */
import { activation, batchNorm, conv, depthwiseConv, type PerAxis, type Tensor } from 'effnetc';

/** A conv with batch norm and no activation: a linear bottleneck, or what a skip connection is added to. */
export function linearConv(x: Tensor, name: string, channels: number, kernel: PerAxis, stride: number): Tensor {
  return batchNorm(conv(x, { name, channels, kernel, stride, padding: 'same', bias: false }));
}

/** The same with relu. */
export function convUnit(x: Tensor, name: string, channels: number, kernel: PerAxis, stride: number): Tensor {
  return activation(linearConv(x, name, channels, kernel, stride), 'relu');
}

/** A 3x3 depthwise conv with batch norm. With stride 2 its padding is below and on the right only. */
export function depthwise(x: Tensor, name: string, stride: number): Tensor {
  return batchNorm(depthwiseConv(x, { name, kernel: 3, stride, padding: 'same', bias: false }));
}

/** 3x3 depthwise and 1x1 conv, each with batch norm and relu. */
export function separableConv(x: Tensor, name: string, channels: number, stride: number): Tensor {
  return convUnit(activation(depthwise(x, `${name}.dw`, stride), 'relu'), `${name}.pw`, channels, 1, 1);
}
