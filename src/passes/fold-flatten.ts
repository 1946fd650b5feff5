import { bypass } from '../ir/edit.js';
import { type FloatGraph, GraphIndex, type Node } from '../ir/graph.js';
import { elementCount, type Shape, type TensorData } from '../ir/tensor.js';
import { traits } from './float-epilogue.js';
import type { FloatPass } from './pass.js';

/** Reorders the columns of a [units, C*H*W] matrix so that they count in H, W, C. */
export function permuteNchwColumns(
  weights: TensorData,
  units: number,
  { height, width, channels }: Shape,
): Float32Array {
  const count = height * width * channels;
  const result = new Float32Array(weights.length);
  for (let unit = 0; unit < units; unit++) {
    for (let c = 0; c < channels; c++) {
      for (let position = 0; position < height * width; position++) {
        result[unit * count + position * channels + c] = weights[unit * count + c * height * width + position];
      }
    }
  }
  return result;
}

/**
 * Lets a dense layer read the tensor before a flatten: the weights are reshaped, and their columns reordered where the
 * flatten counted in NCHW.
 * Needs: float graph. Keeps: every value. Breaks: names of the flattens.
 */
export const foldFlatten: FloatPass = { name: 'fold-flatten', run: graph => graph.nodes.reduceRight(foldOne, graph) };

function foldOne(graph: FloatGraph, { name }: Node): FloatGraph {
  const index = new GraphIndex(graph);
  const flatten = index.has(name) ? index.node(name) : undefined;
  if (flatten === undefined || traits(flatten).flattens !== true) return graph;
  const dense = index.onlyReader(name);
  if (dense === undefined || traits(dense).wholeInput !== true) return graph;
  const input = index.node(flatten.inputs[0]).type.shape;
  const { weight } = dense.constants;
  const units = dense.type.shape.channels;
  const constants =
    weight === undefined
      ? dense.constants
      : {
          ...dense.constants,
          weight: {
            ...weight,
            shape: [units, input.height, input.width, input.channels],
            data: flatten.attributes.order === 'NCHW' ? permuteNchwColumns(weight.data, units, input) : weight.data,
          },
        };
  if (weight !== undefined && weight.data.length !== units * elementCount(input)) return graph;
  return bypass(graph, name, flatten.inputs[0], { ...dense, constants, inputs: [flatten.inputs[0]] });
}
