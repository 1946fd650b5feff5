import { sumOp } from '../shared/sum.js';

export const sub = sumOp(
  'sub',
  'difference of two tensors, element by element; of a single row, column or channel, for all',
  -1,
);
