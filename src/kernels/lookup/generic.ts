import { invariant } from '../../diagnostics/diagnostic.js';
import { elementCount, rowBytes } from '../../ir/tensor.js';
import type { KernelVariant } from '../kernel.js';

/** A look-up of each value in a table of 256, the same for all channels or one for each. */
export const genericLookup: KernelVariant = {
  name: 'generic',
  plan(node) {
    const { table } = node.constants;
    const { width, channels } = node.type.shape;
    invariant(table.data.length % 256 === 0, `${node.name}: whole tables`);
    const perChannel = table.data.length > 256;
    return {
      functionName: 'lookup',
      template: 'kernels/lookup/generic',
      label: 'generic',
      view: { count: rowBytes(node.type), perChannel, width, channels },
      tables: [
        {
          suffix: 'table',
          ctype: 'int8_t',
          values: table.data,
          perLine: 16,
          layout: perChannel ? 'per channel 256: result for x at x + 128' : 'result for x at x + 128',
          kind: 'tables',
        },
      ],
      overlays: [0],
      work: {
        family: perChannel ? 'lookup/by channel' : 'lookup/generic',
        counts: { outputs: elementCount(node.type.shape) },
      },
      helpers: [],
    };
  },
};
