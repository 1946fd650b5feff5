/** A conv and a depthwise-separable conv as the MobileNets have them: each conv with batch norm and relu. */
import { activation, batchNorm, conv, depthwiseConv, type PerAxis, type Tensor } from 'effnetc';

export function convUnit(x: Tensor, name: string, channels: number, kernel: PerAxis, stride: number): Tensor {
  return activation(batchNorm(conv(x, { name, channels, kernel, stride, padding: 'same', bias: false })), 'relu');
}

/** 3x3 depthwise, 1x1 conv. Padding `same`: with stride 2, as TensorFlow pads, below and on the right only. */
export function separableConv(x: Tensor, name: string, channels: number, stride: number): Tensor {
  const y = depthwiseConv(x, { name: `${name}.dw`, kernel: 3, stride, padding: 'same', bias: false });
  return convUnit(activation(batchNorm(y), 'relu'), `${name}.pw`, channels, 1, 1);
}
