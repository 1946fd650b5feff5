import { elementCount, elementRange, rowElements } from '../../ir/tensor.js';
import type { KernelVariant } from '../kernel.js';

export const genericArgmax: KernelVariant = {
  name: 'generic',
  int16: true,
  plan: (_node, [input]) => ({
    functionName: 'argmax',
    template: 'kernels/argmax/generic',
    label: 'generic',
    view: {
      height: input.shape.height,
      severalRows: input.shape.height > 1,
      rowBytes: rowElements(input),
      below: elementRange(input).low - 1,
    },
    tables: [],
    helpers: [],
    work: { family: 'argmax/generic', counts: { rows: input.shape.height, values: elementCount(input.shape) } },
  }),
};
