import type { Node } from '../../ir/graph.js';
import type { DenseAttributes } from '../../ops/dense.js';
import { plainWeights } from '../dot-product/generic.js';
import type { KernelInput, KernelPlan, KernelVariant } from '../kernel.js';
import { type RequantiseView, requantisePlan } from '../requantise/generic.js';
import { finishHelpers } from '../requantise/mve.js';
import { tileChannels, vector } from '../shared/mve-tile.js';
import { counted, requantisedKey } from '../shared/work.js';

/** What `kernels/dense/mve` and `kernels/dense/mve-accumulate` read. */
export interface MveDenseView {
  /** Units, as `kernels/requantise/mve-finish` calls them. */
  readonly channels: number;
  /** Units that are made 4 at a time, and what is left. */
  readonly whole: number;
  readonly rest: number;
  readonly hasWhole: boolean;
  /** Some units are left. */
  readonly partial: boolean;
  readonly rows: number;
  readonly severalRows: boolean;
  readonly lastRow: number;
  readonly rowElements: number;
  readonly weightsPerUnit: number;
  /** Added to requantised accumulators. */
  readonly offset: number;
  readonly requantise: RequantiseView;
}

/** Weights stay in the order OHWI: each unit's run along the input by a pointer of its own, in loops with a predicated tail. */
function plan(plain: Node, input: KernelInput, functionName: string, label: string): KernelPlan {
  const node = plain as Node<DenseAttributes>;
  const { height, width, channels } = input.shape;
  const { units } = node.attributes;
  const { weight } = node.constants;
  const requantise = requantisePlan(node, input);
  const rest = units % tileChannels;
  const view: MveDenseView = {
    channels: units,
    whole: units - rest,
    rest,
    hasWhole: units >= tileChannels,
    partial: rest > 0,
    rows: height,
    severalRows: height > 1,
    lastRow: height - 1,
    rowElements: width * channels,
    weightsPerUnit: height * width * channels,
    offset: node.constants.offset.data[0],
    requantise: requantise.view,
  };
  return {
    functionName,
    template: `kernels/dense/${label}`,
    label,
    view: { ...view },
    tables: [plainWeights(weight, 'unit'), ...requantise.tables],
    helpers: [...requantise.helpers, ...finishHelpers(requantise.view)],
    ...requantise.bounds,
    work: {
      family: `dense/${label}`,
      counts: counted({
        'groups of 4': Math.ceil(units / tileChannels),
        'dots of 4': height * Math.floor(units / tileChannels),
        'vectors of 4': height * Math.floor(units / tileChannels) * Math.ceil((width * channels) / vector),
        dots: height * rest,
        vectors: height * rest * Math.ceil((width * channels) / vector),
        [requantisedKey(requantise.view)]: units,
      }),
    },
  };
}

/** For MVE, with the whole input at hand: 4 units at a time, 16 inputs to an instruction. */
export const mveDense: KernelVariant = {
  name: 'mve',
  // An output row may not lie over the input: all of it is read for the last units.
  plan: (node, [input]) => plan(node, input, 'dense', 'mve'),
};

/** The same row by row. */
export const mveAccumulatingDense: KernelVariant = {
  name: 'mve-accumulate',
  plan(node, [input]) {
    if (input.shape.height === 1) return { unsuited: 'the input has one row' };
    const { units } = (node as Node<DenseAttributes>).attributes;
    return { ...plan(node, input, 'dense_rows', 'mve-accumulate'), sumsBytes: 4 * units };
  },
};
