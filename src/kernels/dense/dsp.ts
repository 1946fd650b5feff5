import type { Node } from '../../ir/graph.js';
import type { Constant } from '../../ir/tensor.js';
import type { DenseAttributes } from '../../ops/dense.js';
import { dspDotProductPlans, evenTables } from '../dot-product/dsp.js';
import { int16DotProductPlan } from '../dot-product/dsp-int16.js';
import type { KernelPlan, KernelVariant } from '../kernel.js';
import { packSubByte, packs } from '../packing/bit-layout.js';
import { canPair, pairTable } from '../packing/pairs.js';
import { bytesOf } from '../packing/sub-byte.js';
import { requantisePlan } from '../requantise/generic.js';
import { requantisedKey } from '../shared/work.js';

/** For the DSP extension, with the whole input at hand: a conv whose kernel is as large as its input. */
export const dspDense: KernelVariant = {
  name: 'dsp',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<DenseAttributes>;
    const { height, width } = input.shape;
    const geometry = { kernel: [height, width], stride: [1, 1], padding: [0, 0, 0, 0] } as const;
    if (input.dtype === 'i16') return int16DotProductPlan(node, input, 'dense', geometry);
    return dspDotProductPlans(node, input, 'dense', geometry);
  },
};

/** For the DSP extension, row by row: two units at a time, the input widened as it is read. */
export const dspAccumulatingDense: KernelVariant = {
  name: 'dsp-accumulate',
  int16: true,
  plan(plain, [input]) {
    const node = plain as Node<DenseAttributes>;
    const { height, width, channels } = input.shape;
    const { weight } = node.constants;
    const { units } = node.attributes;
    const rowElements = width * channels;
    if (input.dtype === 'i16') return { unsuited: 'int16 activations' };
    if (height === 1) return { unsuited: 'the input has one row' };
    if (!input.aligned || rowElements % 4 !== 0) return { unsuited: 'rows are not aligned' };
    if (!canPair(weight, rowBounds(weight, units, rowElements))) return { unsuited: 'weights cannot be paired' };
    const requantise = requantisePlan(node, input);
    const plan: KernelPlan = {
      functionName: 'dense_rows',
      template: 'kernels/dense/dsp-accumulate',
      label: 'dsp-accumulate',
      view: {
        units,
        odd: units % 2 === 1,
        lastRow: height - 1,
        rowElements,
        rowWords: rowElements / 2,
        unitWords: (height * rowElements) / 2,
        narrow: false,
        requantise: requantise.view,
      },
      tables: [pairTable(weight, units, height * rowElements), ...evenTables(requantise.tables)],
      helpers: ['dsp-halves', 'multiply', ...requantise.helpers],
      ...requantise.bounds,
      sumsBytes: 4 * units,
      work: {
        family: 'dense/dsp-accumulate',
        counts: {
          pairs: height * Math.ceil(units / 2),
          fours: (height * Math.ceil(units / 2) * rowElements) / 4,
          [requantisedKey(requantise.view)]: units,
        },
      },
    };
    return weight.bits === 4 ? [plan, ofHalfBytes(plan)] : plan;
  },
};

/** The same with weights of 4 bits: a word where there were two. */
function ofHalfBytes({ work: _, tables: [weights, ...tables], ...plan }: KernelPlan): KernelPlan {
  const bytes = bytesOf(weights);
  return {
    ...plan,
    view: {
      ...plan.view,
      narrow: true,
      rowWords: Number(plan.view.rowWords) / 2,
      unitWords: Number(plan.view.unitWords) / 2,
    },
    tables: [
      { ...weights, values: packSubByte(bytes, 4), layout: `${weights.layout}, ${packs(4)}`, narrow: 4 },
      ...tables,
    ],
    helpers: [...plan.helpers, 'bytes-of-4'],
    configuration: '4 bits',
  };
}

/** Per unit the largest magnitude of what one input row adds to its sum. */
function rowBounds(weight: Constant, units: number, rowElements: number): number[] {
  const perUnit = weight.data.length / units;
  return Array.from({ length: units }, (_, unit) => {
    let most = 0;
    for (let first = 0; first < perUnit; first += rowElements) {
      let sum = 0;
      for (let i = 0; i < rowElements; i++) sum += 128 * Math.abs(weight.data[unit * perUnit + first + i]);
      // Twice: the sum for both units is an int32 that must not wrap.
      most = Math.max(most, 2 * sum);
    }
    return most;
  });
}
