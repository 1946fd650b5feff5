import { requantise } from '../../numeric/requantise.js';
import type { OpDefinition } from '../op.js';
import { type PairAttributes, pairOp } from '../shared/pair.js';
import { genericMul } from './generic.js';
import { type ProductRescale, productRescale, productSchema } from './rescale.js';

export type MulAttributes = PairAttributes<ProductRescale>;

/** Source of the integer form under the TFLite rules: reference_integer_ops::MulElementwise. */
export const mul: OpDefinition = pairOp<ProductRescale>({
  kind: 'mul',
  summary: 'product of two tensors, element by element; of a single row, column or channel, for all',
  verb: 'multiply',
  result: 'product',
  requantisation: productSchema,
  float: (a, b) => a * b,
  integer: (requantisation, a, b) =>
    requantise(requantisation.rounding, a * b, requantisation, requantisation.preShift),
  rescale: productRescale,
  kernels: [genericMul],
});
