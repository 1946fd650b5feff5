import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import { packedWeights } from '../shared/dot-product-kernel.js';
import { narrowHelpers, narrowView } from '../shared/narrow.js';
import { requantisePlan } from '../shared/requantise-kernel.js';
import { requantisedKey } from '../shared/work.js';
import type { DenseAttributes } from './index.js';

/** Takes the input row by row: int32 sums of all units instead of the whole input in memory. Same weights, same MACs. */
export const accumulatingDense: KernelVariant = {
  name: 'accumulate',
  needs: [],
  wide: true,
  plan(plain, [input]) {
    const node = plain as Node<DenseAttributes>;
    const { height, width, channels } = input.shape;
    if (height === 1) return { unsuited: 'the input has one row' };
    const { weight } = node.constants;
    const { units } = node.attributes;
    const requantise = requantisePlan(node, input);
    if (requantise.view.acc !== 'int32_t') return { unsuited: 'sums beyond int32' };
    return {
      slug: 'dense_rows',
      template: 'kernels/dense/accumulate',
      view: {
        units,
        lastRow: height - 1,
        rowElements: width * channels,
        weightsPerUnit: height * width * channels,
        narrow: narrowView(weight),
        requantise: requantise.view,
      },
      tables: [packedWeights(weight, 'unit'), ...requantise.tables],
      helpers: [...narrowHelpers(weight), ...requantise.helpers],
      ...requantise.bounds,
      sumsBytes: 4 * units,
      ...(weight.bits === undefined
        ? {
            work: {
              family: 'dense/accumulate',
              counts: {
                sums: height * units,
                macs: height * units * width * channels,
                [requantisedKey(requantise.view)]: units,
              },
            },
          }
        : {}),
    };
  },
};
