import { mapNodes } from '../ir/edit.js';
import { GraphIndex, type Node } from '../ir/graph.js';
import { constant, type TensorType } from '../ir/tensor.js';
import { isIntegerLinear } from './bound-accumulators.js';
import type { IntegerPass } from './pass.js';

/**
 * Folds the zero point of the input of each linear op into its biases: `foldedBias` is `bias - zeroPoint * sum(weights)`, by output
 * channel. Kernels start from it and multiply raw values, with padding read as the zero point. `bias` stays what the file has: it is
 * what the reference adds.
 * Needs: integer graph; leaves nodes of any other as they are. Keeps: every byte of every tensor.
 */
export const foldZeroPoints: IntegerPass = {
  name: 'fold-zero-points',
  needsWeights: true,
  run(graph) {
    const index = new GraphIndex(graph);
    return mapNodes(graph, node => (isIntegerLinear(node) ? withFoldedBias(node, index.inputTypes(node)[0]) : node));
  },
};

/** A linear op of the integer graph with the biases that kernels add. */
export function withFoldedBias(node: Node, input: TensorType): Node {
  const { weight, bias } = node.constants;
  const zeroPoint = input.quantisation?.zeroPoint ?? 0;
  const perChannel = weight.data.length / bias.data.length;
  const biases = Array.from(bias.data, (b, o) => {
    let sum = 0;
    for (let i = 0; i < perChannel; i++) sum += weight.data[o * perChannel + i];
    return b - zeroPoint * sum;
  });
  return { ...node, constants: { ...node.constants, foldedBias: constant(bias.dtype, bias.shape, biases) } };
}
