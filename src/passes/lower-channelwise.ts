import { isBound, mapNodes } from '../ir/edit.js';
import type { Graph, Node } from '../ir/graph.js';
import { constant } from '../ir/tensor.js';
import { depthwiseConv } from '../ops/depthwise-conv/index.js';
import { plainLinear } from '../ops/shared/linear.js';
import { activationOf, traits } from './float-epilogue.js';
import { scaleAndOffset } from './normalisation.js';
import type { Pass } from './pass.js';

/**
 * Turns what is still there of batch norms and per-channel activations into 1x1 depthwise convolutions, which can compute
 * both: a batch norm is a weight and a bias per channel, a prelu is a weight of one with two slopes.
 * Needs: float graph, after the fusing passes. Keeps: every value, up to float rounding, and all names.
 */
export const lowerChannelwise: Pass = { name: 'lower-channelwise', run: (graph: Graph) => mapNodes(graph, lower) };

function lower(node: Node): Node {
  if (traits(node).normalisation) return depthwise(node, {}, isBound(node) ? affine(node) : {});
  if (traits(node).activation && activationOf(node).kind === 'prelu') {
    return depthwise(
      node,
      { activation: activationOf(node) },
      isBound(node) ? { ...ones(node), ...node.constants } : {},
    );
  }
  return node;
}

function depthwise(node: Node, attributes: Node['attributes'], constants: Node['constants']): Node {
  return {
    ...node,
    op: depthwiseConv.kind,
    attributes: {
      multiplier: 1,
      kernel: [1, 1],
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      ...plainLinear(true),
      ...attributes,
    },
    constants,
  };
}

function affine(node: Node): Node['constants'] {
  const { scale, offset } = scaleAndOffset(node);
  return { weight: constant('f32', [scale.length, 1, 1, 1], scale), bias: constant('f32', [offset.length], offset) };
}

function ones(node: Node): Node['constants'] {
  const { channels } = node.type.shape;
  return {
    weight: constant('f32', [channels, 1, 1, 1], new Float32Array(channels).fill(1)),
    bias: constant('f32', [channels], new Float32Array(channels)),
  };
}
