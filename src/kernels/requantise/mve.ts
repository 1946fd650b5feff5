import type { Node } from '../../ir/graph.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { ConstantTable, Helper } from '../kernel.js';
import { type RequantiseView, saturates } from './generic.js';

/** Sums of a saturated int16 and an offset up to this saturate to int8 as if nothing had been saturated before. */
const largestOffset = 2 ** 15 - 128;

/**
 * Does VRMULH on accumulators, VQMOVN to int16, VQADD of the offset and VQMOVN to int8 do? With one offset and one factor
 * per channel, rounding `native`; accumulators may have to be shifted first.
 */
export function isFused(view: RequantiseView, node: Node<LinearAttributes>): boolean {
  return view.native && saturates(view) && Math.abs(node.constants.offset.data[0]) <= largestOffset;
}

/** The tables of a requantisation whose biases are elsewhere. */
export function requantiseTables(tables: readonly ConstantTable[]): ConstantTable[] {
  return tables.filter(({ suffix }) => suffix !== 'bias');
}

/** What `kernels/requantise/mve-finish` needs besides the helpers of the requantisation: `tflite-single` has no vectors. */
export function finishHelpers({ tfliteSingle }: RequantiseView): readonly Helper[] {
  return tfliteSingle ? [] : ['mve'];
}

/** By how much accumulators are shifted left before they are multiplied. */
export const preShiftOf = ({ preFactor }: RequantiseView): number => Math.log2(preFactor);
