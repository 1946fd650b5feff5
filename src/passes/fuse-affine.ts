import { bypass, isBound } from '../ir/edit.js';
import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import { constant } from '../ir/tensor.js';
import { hasUpperBound } from '../ops/shared/activation.js';
import { exclusiveLinear, scaleAndOffset, traits } from './float-epilogue.js';
import type { FloatPass } from './pass.js';

/**
 * Takes a batch norm that stands *after* an activation into the linear op before: per channel, two slopes and an offset.
 * An activation with an upper bound is left alone: it would need a clamp per channel.
 * Needs: float graph, activations fused. Keeps: every value, up to float rounding. Breaks: names of the batch norms.
 */
export const fuseAffine: FloatPass = { name: 'fuse-affine', run: graph => graph.nodes.reduce(fuseOne, graph) };

function fuseOne(graph: FloatGraph, { name }: Node): FloatGraph {
  const index = new GraphIndex(graph);
  const norm = index.has(name) ? index.node(name) : undefined;
  if (norm === undefined || !traits(norm).normalisation) return graph;
  const linear = exclusiveLinear(index, norm);
  if (linear === undefined || linear.attributes.affine || hasUpperBound(linear.attributes.activation)) return graph;
  const attributes = { ...linear.attributes, affine: true };
  return bypass(graph, name, linear.name, {
    ...linear,
    attributes,
    constants: isBound(linear) ? withAffine(linear, norm) : {},
  });
}

function withAffine(linear: Node, norm: Node): Node['constants'] {
  const { scale, offset } = scaleAndOffset(norm);
  return {
    ...linear.constants,
    affineScale: constant('f32', [scale.length], scale),
    affineOffset: constant('f32', [offset.length], offset),
  };
}
