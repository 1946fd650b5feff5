import type { OpDefinition } from '../op.js';
import { type PairAttributes, pairOp } from './pair.js';
import { type Rescale, rescaledSum, rescaleOf, rescaleSchema, type Sign } from './rescale.js';
import { genericSum } from './sum-kernel.js';

export type SumAttributes = PairAttributes<Rescale>;

/**
 * `a + sign * b` of two tensors, element by element. Both may be the same tensor. Each has a scale and a zero point of its own;
 * docs/numeric.md says how they meet.
 */
export function sumOp(kind: string, summary: string, sign: Sign): OpDefinition {
  return pairOp<Rescale>({
    kind,
    summary,
    verb: sign > 0 ? 'add' : 'subtract',
    result: 'sum',
    requantisation: rescaleSchema,
    float: (a, b) => a + sign * b,
    integer: (requantisation, a, b) => rescaledSum(requantisation, a, b, sign),
    rescale: (node, rounding, inputs, output, range) => rescaleOf(node, rounding, inputs, output, range, sign),
    kernels: [genericSum(kind, sign)],
  });
}
