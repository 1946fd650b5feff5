import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import type { FlattenAttributes } from './index.js';

/** Copies the input's rows into one, channel by channel where PyTorch's order is wanted. */
export const genericFlatten: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
  plan(node, [input]) {
    const { height, width, channels } = input.shape;
    const channelsFirst = (node as Node<FlattenAttributes>).attributes.order === 'NCHW';
    return {
      slug: channelsFirst ? 'flatten_nchw' : 'flatten',
      template: 'kernels/flatten/generic',
      view: { height, width, channels, rowBytes: width * channels, channelsFirst },
      tables: [],
      helpers: [],
      work: {
        family: channelsFirst ? 'flatten/nchw' : 'flatten/generic',
        counts: { rows: height, columns: height * width, outputs: height * width * channels },
      },
    };
  },
};
