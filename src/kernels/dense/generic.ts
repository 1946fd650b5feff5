import type { Node } from '../../ir/graph.js';
import type { Constant } from '../../ir/tensor.js';
import type { DenseAttributes } from '../../ops/dense.js';
import { dotProductPlans, packedWeights } from '../dot-product/generic.js';
import type { KernelPlan, KernelVariant } from '../kernel.js';
import { isSmaller, moreWork, packSparse, sparseTable, walkedMore } from '../packing/sparse.js';
import { subByteHelpers, subByteView, walkedView } from '../packing/sub-byte.js';
import { requantisePlan } from '../requantise/generic.js';
import { requantisedKey } from '../shared/work.js';

/** A dense layer is a convolution whose kernel is as large as its input. */
export const genericDense: KernelVariant = {
  name: 'generic',
  int16: true,
  plan(node, [input]) {
    const { height, width } = input.shape;
    const geometry = { kernel: [height, width], stride: [1, 1], padding: [0, 0, 0, 0] } as const;
    return dotProductPlans(node as Node<DenseAttributes>, input, 'dense', geometry, { groups: 1 });
  },
};

/** Takes the input row by row: int32 sums of all units instead of the whole input in memory. Same weights, same MACs. */
export const accumulatingDense: KernelVariant = {
  name: 'accumulate',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<DenseAttributes>;
    const { height, width, channels } = input.shape;
    if (height === 1) return { unsuited: 'the input has one row' };
    const { weight } = node.constants;
    const { units } = node.attributes;
    const requantise = requantisePlan(node, input);
    if (requantise.view.acc !== 'int32_t') return { unsuited: 'sums beyond int32' };
    const plan: KernelPlan = {
      functionName: 'dense_rows',
      template: 'kernels/dense/generic-accumulate',
      label: 'accumulate',
      view: {
        units,
        lastRow: height - 1,
        rowElements: width * channels,
        weightsPerUnit: height * width * channels,
        narrow: subByteView(weight),
        requantise: requantise.view,
      },
      tables: [packedWeights(weight, 'unit'), ...requantise.tables],
      helpers: [...subByteHelpers(weight), ...requantise.helpers],
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
    const sparse = withoutZeros(plan, weight, height);
    return isSmaller(sparse, plan) ? [plan, sparse] : plan;
  },
};

/** The same with weights of which zeros take a bit, row after row: those of all units for the first row of the input come first. */
function withoutZeros(plan: KernelPlan, weight: Constant, height: number): KernelPlan {
  const { data } = weight;
  const units = weight.shape[0];
  const rowElements = data.length / units / height;
  const rows = Array.from({ length: height }, (_, y) =>
    packSparse(
      Array.from({ length: units * rowElements }, (_, i) => {
        const unit = Math.floor(i / rowElements);
        return data[(unit * height + y) * rowElements + (i % rowElements)];
      }),
    ),
  );
  const starts = rows.map((_, y) => rows.slice(0, y).reduce((sum, { length }) => sum + length, 0));
  return {
    ...plan,
    view: { ...plan.view, narrow: walkedView },
    tables: [
      sparseTable({ suffix: 'weights', kind: 'weights', layout: `HOWI ${weight.shape.join('x')}` }, rows.flat()),
      {
        suffix: 'rows',
        ctype: 'uint32_t',
        values: starts,
        perLine: 8,
        layout: 'where the weights for each row of the input begin',
        kind: 'tables',
      },
      ...plan.tables.slice(1),
    ],
    helpers: ['walk-weights', ...plan.helpers.filter(helper => !subByteHelpers(weight).includes(helper))],
    ...moreWork(plan.work, data.length * walkedMore),
    configuration: 'without zeros',
  };
}
