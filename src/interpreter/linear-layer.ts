import type { Node } from '../ir/graph.js';
import { allocate, type TensorData } from '../ir/tensor.js';
import type { Patches } from '../ops/op.js';
import { floatEpilogue, integerEpilogue } from '../ops/shared/linear.js';
import type { LinearAttributes } from '../ops/shared/linear-attributes.js';
import { productsWith } from './products.js';

/** What a linear layer of the float network computes of an image. */
export interface FloatResult {
  /** `sum(w * x) + bias`. */
  readonly linear: Float32Array;
  /** With activation and batch norm. */
  readonly output: Float32Array;
}

/** A linear layer in float, as its op's `evaluate` means it but for the order of additions. */
export function floatLayer(node: Node<LinearAttributes>, patches: Patches): (input: TensorData) => FloatResult {
  const channels = patches.groups * patches.outputs;
  const weight = Float64Array.from(node.constants.weight.data);
  const bias = Float64Array.from(node.constants.bias?.data ?? new Float64Array(channels));
  const finish = floatEpilogue(node);
  const products = productsWith(patches, weight);
  return input => {
    const sums = products(input, 0);
    // Loops: from() with a function takes twenty times as long.
    const linear = new Float32Array(sums.length);
    const output = new Float32Array(sums.length);
    for (let at = 0; at < sums.length; at += channels) {
      for (let o = 0; o < channels; o++) {
        linear[at + o] = sums[at + o] + bias[o];
        output[at + o] = finish(sums[at + o], o);
      }
    }
    return { linear, output };
  };
}

/** What {@link floatLayer} has as output, alone. */
export function floatOutput(node: Node<LinearAttributes>, patches: Patches): (input: TensorData) => Float32Array {
  const channels = patches.groups * patches.outputs;
  const finish = floatEpilogue(node);
  const products = productsWith(patches, Float64Array.from(node.constants.weight.data));
  return input => {
    const sums = products(input, 0);
    const output = new Float32Array(sums.length);
    for (let at = 0; at < sums.length; at += channels) {
      for (let o = 0; o < channels; o++) output[at + o] = finish(sums[at + o], o);
    }
    return output;
  };
}

/** A linear layer in integers: exactly what its op's `reference` computes, sooner. */
export function integerLayer(
  node: Node<LinearAttributes>,
  patches: Patches,
  zeroPoint: number,
): (input: TensorData) => TensorData {
  const weight = Float64Array.from(node.constants.weight.data);
  const bias = node.constants.bias.data;
  const finish = integerEpilogue(node);
  const channels = patches.groups * patches.outputs;
  const products = productsWith(patches, weight);
  return input => {
    const sums = products(input, zeroPoint);
    const output = allocate(node.type.dtype, sums.length);
    for (let at = 0; at < sums.length; at += channels) {
      for (let o = 0; o < channels; o++) output[at + o] = finish(sums[at + o] + bias[o], o);
    }
    return output;
  };
}
