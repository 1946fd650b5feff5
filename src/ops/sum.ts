import type { OpDefinition } from './op.js';
import { type PairAttributes, pairOp } from './shared/pair.js';
import { type Rescale, rescaledSum, rescaleOf, rescaleSchema, type Sign } from './shared/rescale.js';

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
  });
}

/** A residual connection. */
export const add = sumOp(
  'add',
  'sum of two tensors, element by element; of a single row, column or channel, for all',
  1,
);

export const sub = sumOp(
  'sub',
  'difference of two tensors, element by element; of a single row, column or channel, for all',
  -1,
);
