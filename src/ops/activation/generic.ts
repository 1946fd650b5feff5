import { rowBytes } from '../../ir/tensor.js';
import type { KernelVariant } from '../kernel.js';

/** A look-up of each value in a table of 256. */
export const genericActivation: KernelVariant = {
  name: 'generic',
  needs: [],
  plan: node => ({
    slug: 'lookup',
    template: 'kernels/activation/generic',
    view: { count: rowBytes(node.type) },
    tables: [
      {
        suffix: 'table',
        ctype: 'int8_t',
        values: node.constants.table.data,
        perLine: 16,
        layout: 'result for x at x + 128',
        kind: 'tables',
      },
    ],
    overlays: [0],
    helpers: [],
  }),
};
