import { fromBytes } from '../interpreter/reference.js';
import type { TensorType } from '../ir/tensor.js';

/** Index of the largest element of a raw output of that type, the first of equals; the index itself for an int32 output. */
export function predictedClass(output: Uint8Array, type: Pick<TensorType, 'dtype'>): number {
  const values = fromBytes(type, output);
  if (type.dtype === 'i32') return values[0];
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
