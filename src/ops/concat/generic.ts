import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import type { ConcatAttributes } from './index.js';

export const genericConcat: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
  plan(plain, inputs) {
    const node = plain as Node<ConcatAttributes>;
    const { tables = [] } = node.attributes;
    return {
      slug: 'concat',
      template: 'kernels/concat/generic',
      view: {
        width: node.type.shape.width,
        parts: inputs.map(({ shape }, row) => ({
          row,
          channels: shape.channels,
          looksUp: tables[row] >= 0,
          zero: 256 * tables[row] + 128,
        })),
      },
      tables: Object.values(node.constants).map(({ data }) => ({
        suffix: 'tables',
        ctype: 'int8_t',
        values: data,
        perLine: 16,
        layout: 'per input of another scale 256: its value in that of the result, for x at x + 128',
        kind: 'tables',
      })),
      helpers: [],
    };
  },
};
