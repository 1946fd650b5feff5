import { fail } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import { type Quantisation, valuesOf } from '../../ir/tensor.js';
import { formatDims, quoteName } from '../arrays/quote.js';
import type { ImportBuilder } from '../import/import-builder.js';
import { shapeOf, type Value } from '../import/values.js';
import type { TfliteTensor } from './read-file.js';

/**
 * The input of the network as a node. Its whole int8 range stands for the pixels 0 to 255, as the quantisation of images has
 * it: int8 = pixel - 128. Of int16, which is symmetric, it is the upper half: 0 to 32767.
 * @throws CompileError E0124 when the shape is no image
 */
export function addSource(
  builder: ImportBuilder,
  tensor: TfliteTensor,
  named: TfliteTensor,
  quantisation: Quantisation,
  span: Span,
): Value {
  const shape = shapeOf(tensor.dims);
  const batch = tensor.dims.length > 1 ? tensor.dims[0] : 1;
  if (shape === undefined || batch !== 1 || tensor.dynamic) {
    return fail('E0124', `the input ${quoteName(named.name)} has the shape ${formatDims(tensor.dims)}`, {
      span,
      hint: 'one input of fixed size is needed: [1, height, width, channels] or [1, values]',
    });
  }
  const { scale, zeroPoint, bits } = quantisation;
  const { low, high } = valuesOf(quantisation);
  const least = quantisation.bits === 16 ? 0 : low;
  const pixels = [scale * (least - zeroPoint), scale * (high - zeroPoint)] as const;
  const options = { ...shape, scale, zeroPoint, ...(bits === undefined ? {} : { bits }), pixels };
  const node = builder.add({ kind: 'input', name: 'input', inputs: [], options, quantisation, span });
  return { node, dims: tensor.dims };
}
