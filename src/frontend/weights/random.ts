import { type FloatGraph, GraphIndex, type Node } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import { Random } from '../../numeric/random.js';
import type { ParameterSpec } from '../../ops/op.js';
import type { InputSet } from '../arrays/images.js';
import { type OpLookup, withEpsilon } from './bind.js';

/** Where the vectors lie of which their op says nothing: biases. */
const smallValues = [-0.1, 0.1] as const;

/** Images that random weights are calibrated with. The scales need a range, not a distribution. */
const imageCount = 2;

/**
 * Values of one parameter. Weights are scaled by the number of inputs of an output, as He et al. initialise them, so that
 * activations keep their size from layer to layer.
 */
function randomValues({ shape, typical }: ParameterSpec, random: Random): Float32Array {
  const length = shape.reduce((product, dimension) => product * dimension, 1);
  if (typical === undefined && shape.length > 1) {
    const deviation = Math.sqrt(2 / (length / shape[0]));
    return Float32Array.from({ length }, () => deviation * random.bell());
  }
  const [low, high] = typical ?? smallValues;
  return Float32Array.from({ length }, () => random.uniform(low, high));
}

/**
 * Gives every parameter of a float graph made-up values instead of those of a weights file. They depend on the seed, the
 * name of the op and the role of the parameter alone: a layer keeps its values when another one is added.
 */
export function bindRandom(graph: FloatGraph, seed: number, lookup: OpLookup): FloatGraph {
  const index = new GraphIndex(graph);
  const bind = (node: Node): Node => {
    const shapes = index.inputTypes(node).map(type => type.shape);
    const specs = lookup(node).parameters?.(node, shapes) ?? [];
    if (specs.length === 0) return node;
    const constants = specs.map(spec => {
      const data = randomValues(spec, new Random(`${seed}/${node.name}.${spec.role}`));
      return [spec.role, { dtype: 'f32', shape: spec.shape, data }] as const;
    });
    return { ...withEpsilon(node, 'effnetc'), constants: Object.fromEntries(constants) };
  };
  return { ...graph, nodes: graph.nodes.map(bind) };
}

/** Images of noise for an input: all of its int8 values where model.ts gives the scale, otherwise pixels. */
export function randomImages({ type: { shape }, attributes }: Node, seed: number): InputSet {
  const random = new Random(`${seed}/images`);
  const data = Uint8Array.from({ length: imageCount * elementCount(shape) }, () => random.word() >>> 24);
  return attributes.scale === undefined
    ? { count: imageCount, shape, kind: 'pixels', data }
    : { count: imageCount, shape, kind: 'quantised', data: new Int8Array(data.buffer) };
}
