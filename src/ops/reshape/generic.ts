import { rowBytes } from '../../ir/tensor.js';
import type { KernelVariant } from '../kernel.js';
import { joinedRows } from './index.js';

export const genericReshape: KernelVariant = {
  name: 'generic',
  needs: [],
  plan: (node, [input]) => ({
    slug: 'reshape',
    template: 'kernels/reshape/generic',
    view: { rows: joinedRows(input.shape, node.type.shape), count: rowBytes(input) },
    tables: [],
    helpers: [],
  }),
};
