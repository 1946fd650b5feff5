import { mapNodes } from '../ir/edit.js';
import { GraphIndex, type Node } from '../ir/graph.js';
import { constant, type TensorType } from '../ir/tensor.js';
import { factorOf, type Multiplier } from '../numeric/requantise.js';
import { opOf } from '../ops/index.js';
import { accumulatorRanges, refuseOverflow } from '../ops/shared/accumulator.js';
import type { LinearAttributes } from '../ops/shared/linear-attributes.js';
import type { IntegerPass } from './pass.js';

/**
 * Works out the range of the accumulators of each output channel of a linear op, over all inputs, and puts it into the constants
 * `accumulatorLow` and `accumulatorHigh`, which kernels and the header of the C read.
 * Needs: integer graph; leaves nodes of any other as they are. Keeps: every byte of every tensor.
 * @throws CompileError E0501 for a channel in which an accumulator could leave its type
 */
export const boundAccumulators: IntegerPass = {
  name: 'bound-accumulators',
  needsWeights: true,
  run(graph) {
    const index = new GraphIndex(graph);
    return mapNodes(graph, node => (isIntegerLinear(node) ? withBounds(node, index.inputTypes(node)[0]) : node));
  },
};

/** Is it a linear op of the integer graph? */
export function isIntegerLinear(node: Node): node is Node<LinearAttributes> {
  return opOf(node).traits.linear === true && node.constants.multiplier !== undefined;
}

/** A linear op of the integer graph with the ranges of its accumulators. @throws CompileError E0501 */
export function withBounds(node: Node<LinearAttributes>, input: TensorType): Node {
  const { weight, bias, multiplier, shift, negativeMultiplier = multiplier, negativeShift = shift } = node.constants;
  const { offset } = node.constants;
  const { requantisation } = node.attributes;
  if (requantisation === undefined) return node;
  const { rounding, preShift, long = false } = requantisation;
  const ranges = accumulatorRanges(weight, bias, input);
  const factor = (pair: Multiplier) => ({
    ...pair,
    // A multiplier of 16 bits is what one of 32 bits is, shifted.
    real: long ? pair.multiplier * 2 ** (pair.shift - 15) : factorOf(rounding, pair, preShift),
  });
  const channels = ranges.map((range, o) => ({
    range,
    factors: [
      factor({ multiplier: multiplier.data[o], shift: shift.data[o] }),
      factor({ multiplier: negativeMultiplier.data[o], shift: negativeShift.data[o] }),
    ],
    offset: offset.data[o],
  }));
  refuseOverflow(node, input, channels, long ? 'long' : rounding, preShift);
  const perChannel = (values: readonly number[]) => constant('f64', [ranges.length], values);
  return {
    ...node,
    constants: {
      ...node.constants,
      accumulatorLow: perChannel(ranges.map(({ low }) => low)),
      accumulatorHigh: perChannel(ranges.map(({ high }) => high)),
    },
  };
}
