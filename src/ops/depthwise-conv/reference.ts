import type { Node } from '../../ir/graph.js';
import { allocate, elementCount, type TensorData } from '../../ir/tensor.js';
import type { Operand } from '../op.js';
import { type Finish, floatEpilogue, integerEpilogue } from '../shared/linear.js';
import { forEachTap } from '../shared/window.js';
import type { DepthwiseConvAttributes } from './attributes.js';

/** As for a convolution, but output channel `o` reads the one input channel `floor(o / multiplier)`. */
function convolve(
  node: Node<DepthwiseConvAttributes>,
  [input]: readonly Operand[],
  zeroPoint: number,
  finish: Finish,
  output: TensorData,
): void {
  const { multiplier, kernel } = node.attributes;
  const [rows, columns] = kernel;
  const { height, width, channels } = node.type.shape;
  const inputShape = input.type.shape;
  const x = input.data;
  const w = node.constants.weight.data;
  const sums = new Float64Array(channels);
  let at = 0;
  for (let oy = 0; oy < height; oy++) {
    for (let ox = 0; ox < width; ox++) {
      sums.fill(0);
      forEachTap(node.attributes, inputShape, oy, ox, (ky, kx, iy, ix) => {
        const from = (iy * inputShape.width + ix) * inputShape.channels;
        for (let o = 0; o < channels; o++) {
          sums[o] += w[(o * rows + ky) * columns + kx] * (x[from + Math.floor(o / multiplier)] - zeroPoint);
        }
      });
      for (let o = 0; o < channels; o++) output[at++] = finish(sums[o], o);
    }
  }
}

export function evaluateDepthwiseConv(node: Node<DepthwiseConvAttributes>, inputs: readonly Operand[]): Float32Array {
  const output = new Float32Array(elementCount(node.type.shape));
  convolve(node, inputs, 0, floatEpilogue(node), output);
  return output;
}

export function referenceDepthwiseConv(node: Node<DepthwiseConvAttributes>, inputs: readonly Operand[]): TensorData {
  const output = allocate(node.type.dtype, elementCount(node.type.shape));
  const zeroPoint = inputs[0].type.quantisation?.zeroPoint ?? 0;
  const bias = node.constants.bias.data;
  const finish = integerEpilogue(node);
  convolve(node, inputs, zeroPoint, (sum, o) => finish(sum + bias[o], o), output);
  return output;
}
