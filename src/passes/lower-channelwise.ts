import { invariant } from '../diagnostics/diagnostic.js';
import { isBound, mapNodes } from '../ir/edit.js';
import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import { constant } from '../ir/tensor.js';
import { opTable } from '../ops/index.js';
import { type Activation, isPerChannel } from '../ops/shared/activation.js';
import { activationOf, scaleAndOffset, takesIn, traits } from './float-epilogue.js';
import type { FloatPass } from './pass.js';

/**
 * Turns what is still there of batch norms and per-channel activations into the channelwise linear op, which can compute
 * both: a batch norm is a weight and a bias per channel, a prelu is a weight of one with two slopes. An activation that the
 * op before will take in, having become linear here, is left to fuse-activation.
 * Needs: float graph, after the fusing passes. Keeps: every value, up to float rounding, and all names.
 */
export const lowerChannelwise: FloatPass = {
  name: 'lower-channelwise',
  run(graph: FloatGraph) {
    const index = new GraphIndex(graph);
    return mapNodes(graph, node => lower(node, index));
  },
};

function lower(node: Node, index: GraphIndex): Node {
  if (traits(node).normalisation) return channelwise(node, { kind: 'identity' }, isBound(node) ? affine(node) : {});
  if (!traits(node).activation || !isPerChannel(activationOf(node)) || isLeftToFuse(node, index)) return node;
  return channelwise(node, activationOf(node), isBound(node) ? { ...ones(node), ...node.constants } : {});
}

function isLeftToFuse(node: Node, index: GraphIndex): boolean {
  const producer = index.node(node.inputs[0]);
  if (index.onlyReader(producer.name) !== node) return false;
  return traits(producer).normalisation === true || takesIn(producer, activationOf(node));
}

function channelwise(node: Node, activation: Activation, constants: Node['constants']): Node {
  const op = [...opTable.values()].find(candidate => candidate.channelwise !== undefined);
  invariant(op?.channelwise !== undefined, 'an op is channelwise');
  return { ...node, op: op.kind, attributes: op.channelwise(activation), constants };
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
