import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import type { SliceAttributes } from './index.js';

export const genericSlice: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
  plan(plain, [input]) {
    const { attributes, type } = plain as Node<SliceAttributes>;
    return {
      slug: 'slice',
      template: 'kernels/slice/generic',
      view: { ...attributes, width: type.shape.width, step: input.shape.channels },
      tables: [],
      helpers: [],
      // Reads run ahead of writes.
      overlays: [0],
    };
  },
};
