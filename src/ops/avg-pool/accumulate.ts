import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import type { PoolAttributes } from '../shared/pool.js';
import { outputsKey } from '../shared/pool-kernel.js';

/** A mean over all rows takes them one by one: int32 sums of its outputs instead of the whole input in memory. */
export const accumulatingAvgPool: KernelVariant = {
  name: 'accumulate',
  needs: [],
  wide: true,
  plan(plain, [input]) {
    const node = plain as Node<PoolAttributes>;
    const { kernel, stride, padding } = node.attributes;
    const { height, width, channels } = node.type.shape;
    const wholeHeight = kernel[0] === input.shape.height && height === 1;
    if (!wholeHeight || input.shape.height === 1) return { unsuited: 'an output needs a part of the rows' };
    if (padding.some(rows => rows > 0)) return { unsuited: 'padding' };
    return {
      slug: `avgpool_${kernel[0]}x${kernel[1]}_rows`,
      template: 'kernels/avg-pool/accumulate',
      view: {
        outputWidth: width,
        severalPositions: width > 1,
        channels,
        severalChannels: channels > 1,
        columns: kernel[1],
        severalColumns: kernel[1] > 1,
        step: stride[1] * channels,
        stepped: stride[1] * channels > 1,
        lastRow: input.shape.height - 1,
        count: kernel[0] * kernel[1],
        half: Math.floor((kernel[0] * kernel[1]) / 2),
      },
      tables: [],
      helpers: [],
      sumsBytes: 4 * width * channels,
      work: {
        family: 'avgpool/accumulate',
        counts: {
          positions: input.shape.height * width,
          sums: input.shape.height * width * channels,
          taps: input.shape.height * width * channels * kernel[1],
          [outputsKey(kernel[0] * kernel[1])]: width * channels,
        },
      },
    };
  },
};
