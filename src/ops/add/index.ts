import { sumOp } from '../shared/sum.js';

/** A residual connection. */
export const add = sumOp(
  'add',
  'sum of two tensors, element by element; of a single row, column or channel, for all',
  1,
);
