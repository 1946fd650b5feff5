import type { Node } from '../../../ir/graph.js';
import { constant } from '../../../ir/tensor.js';
import type { NodeContext } from '../context.js';

/**
 * A constant that stands against a tensor of `rank` dimensions by the rules of broadcasting: one value, or one for each
 * channel, as one value for each channel. @throws CompileError E0122 for other shapes
 */
export function channelValues(context: NodeContext, input: number, rank: number, channels: number): Float32Array {
  const { dims } = context.constant(input).tensor;
  const values = context.reals(input);
  if (values.length === 1 && dims.length <= rank) return new Float32Array(channels).fill(values[0]);
  // Dimensions count from the right; channels are the second of [N, C, H, W].
  const axis = dims.length - (rank === 1 ? 1 : rank - 1);
  if (dims.length > rank || values.length !== channels || dims[axis] !== channels) {
    context.refuse(
      `has a constant of shape [${dims.join(', ')}]`,
      'one value, or one for each channel, can be imported',
    );
  }
  return values;
}

/** `factor * x + offset` for each channel of a float network, as a batch norm, which passes fold into what is around. */
export function affine(
  context: NodeContext,
  name: string,
  input: Node,
  factor: Float32Array,
  offset: Float32Array,
): Node {
  const channels = factor.length;
  const constants = {
    gamma: constant('f32', [channels], factor),
    beta: constant('f32', [channels], offset),
    mean: constant('f32', [channels], new Float32Array(channels)),
    variance: constant('f32', [channels], new Float32Array(channels).fill(1)),
  };
  // Lost in a double next to one; left out, it would stand for the framework's when the network is written as a model.ts.
  return context.add({ kind: 'batchNorm', name, inputs: [input], options: { epsilon: 1e-20 }, constants });
}
