import type { Node } from '../../ir/graph.js';
import { allocate, elementCount, type TensorData } from '../../ir/tensor.js';
import type { Operand } from '../op.js';
import { type Finish, floatEpilogue, integerEpilogue } from '../shared/linear.js';
import { forEachTap } from '../shared/window.js';
import { type ConvAttributes, groupOf } from './attributes.js';

/**
 * Visits every output of a convolution: `total` sums `w * (x - zeroPoint)` over the taps inside the input, so that padding
 * contributes nothing, and `finish` makes the output of it.
 */
function convolve(
  node: Node<ConvAttributes>,
  [input]: readonly Operand[],
  zeroPoint: number,
  finish: Finish,
  output: TensorData,
): void {
  const { height, width, channels } = node.type.shape;
  const inputShape = input.type.shape;
  const weight = node.constants.weight;
  const [, rows, columns, inputs] = weight.shape;
  const x = input.data;
  const w = weight.data;
  const sums = new Float64Array(channels);
  let at = 0;
  for (let oy = 0; oy < height; oy++) {
    for (let ox = 0; ox < width; ox++) {
      sums.fill(0);
      forEachTap(node.attributes, inputShape, oy, ox, (ky, kx, iy, ix) => {
        for (let o = 0; o < channels; o++) {
          const group = groupOf(node.attributes, o);
          const from = (iy * inputShape.width + ix) * inputShape.channels + group * inputs;
          const tap = ((o * rows + ky) * columns + kx) * inputs;
          let sum = 0;
          for (let i = 0; i < inputs; i++) sum += w[tap + i] * (x[from + i] - zeroPoint);
          sums[o] += sum;
        }
      });
      for (let o = 0; o < channels; o++) output[at++] = finish(sums[o], o);
    }
  }
}

export function evaluateConv(node: Node<ConvAttributes>, inputs: readonly Operand[]): Float32Array {
  const output = new Float32Array(elementCount(node.type.shape));
  convolve(node, inputs, 0, floatEpilogue(node), output);
  return output;
}

export function referenceConv(node: Node<ConvAttributes>, inputs: readonly Operand[]): TensorData {
  const output = allocate(node.type.dtype, elementCount(node.type.shape));
  const zeroPoint = inputs[0].type.quantisation?.zeroPoint ?? 0;
  const bias = node.constants.bias.data;
  const finish = integerEpilogue(node);
  convolve(node, inputs, zeroPoint, (sum, o) => finish(sum + bias[o], o), output);
  return output;
}
