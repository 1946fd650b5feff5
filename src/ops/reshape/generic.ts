import { rowElements } from '../../ir/tensor.js';
import type { KernelVariant } from '../kernel.js';
import { joinedRows } from './index.js';

export const genericReshape: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
  plan(node, [input]) {
    const rows = joinedRows(input.shape, node.type.shape);
    return {
      slug: 'reshape',
      template: 'kernels/reshape/generic',
      view: { rows, severalRows: rows > 1, count: rowElements(input) },
      tables: [],
      helpers: [],
    };
  },
};
