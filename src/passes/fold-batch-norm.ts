import { bypass, isBound } from '../ir/edit.js';
import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import { constant } from '../ir/tensor.js';
import { isIdentity } from '../ops/shared/activation.js';
import type { LinearAttributes } from '../ops/shared/linear-attributes.js';
import { exclusiveLinear, scaleAndOffset, traits } from './float-epilogue.js';
import type { FloatPass } from './pass.js';

/**
 * Multiplies a batch norm that directly follows a linear op into its weights and bias.
 * Needs: float graph. Keeps: every value, up to float rounding. Breaks: names of the batch norms.
 */
export const foldBatchNorm: FloatPass = { name: 'fold-batch-norm', run: graph => graph.nodes.reduce(foldOne, graph) };

function foldOne(graph: FloatGraph, { name }: Node): FloatGraph {
  const index = new GraphIndex(graph);
  const norm = index.has(name) ? index.node(name) : undefined;
  if (norm === undefined || !traits(norm).normalisation) return graph;
  const linear = exclusiveLinear(index, norm);
  if (linear === undefined || !isIdentity(linear.attributes.activation) || linear.attributes.affine) return graph;
  const attributes = { ...linear.attributes, bias: true };
  const constants = isBound(linear) ? scaled(linear, norm) : {};
  return bypass(graph, name, linear.name, { ...linear, attributes, constants });
}

/** gamma' * (w x + b - mean) + beta, with gamma' = gamma / sqrt(variance + epsilon). */
function scaled(linear: Node<LinearAttributes>, norm: Node): Node['constants'] {
  const { weight, bias } = linear.constants;
  const { scale, offset } = scaleAndOffset(norm);
  const perChannel = weight.data.length / scale.length;
  const weights = Float32Array.from(weight.data, (w, i) => w * scale[Math.floor(i / perChannel)]);
  const biases = offset.map((b, c) => b + (bias?.data[c] ?? 0) * scale[c]);
  return { ...linear.constants, weight: { ...weight, data: weights }, bias: constant('f32', [scale.length], biases) };
}
