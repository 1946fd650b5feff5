import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import type { TensorType } from '../../ir/tensor.js';
import { rangesOf } from '../../ops/shared/accumulator.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { ConstantTable, Helper } from '../kernel.js';
import { foldedBias, type RequantiseView, saturates } from './generic.js';
import { passing, type ShortForm, shortForm } from './swar-short.js';

/** What a core multiplies: two words to one, or to a double word as well. */
export type Multiplication = 'short' | 'long';

/** How accumulators go through a C function that requantises several of an output channel. */
export interface RequantiseManyPlan {
  readonly function: 'requantise_above' | 'requantise_between' | 'requantise_many';
  /** The fields of its `struct requantisation`. */
  readonly how: readonly number[];
  /** By how much accumulators have to be shifted left before. */
  readonly preShift: number;
  /** Where there is no double word: the parts of the factors. */
  readonly form: ShortForm | undefined;
  /** Each channel has an accumulator of its own up to which the output is -128; otherwise it is 0. */
  readonly ownLowest: boolean;
  /** Per output channel: the bias, then what the function reads. */
  readonly table: ConstantTable;
  readonly wordsPerChannel: number;
  readonly helpers: readonly Helper[];
}

/**
 * @param stride bytes from one output to the next
 * @returns nothing where no such function does what has to be done
 */
export function requantiseManyPlan(
  node: Node<LinearAttributes>,
  _input: TensorType,
  view: RequantiseView,
  stride: number,
  multiplication: Multiplication,
): RequantiseManyPlan | undefined {
  if (!view.native || !saturates(view)) return undefined;
  const { requantisation } = node.attributes;
  invariant(requantisation !== undefined, `${node.name} is not in integer form`);
  const { preShift } = requantisation;
  const offset = node.constants.offset.data[0];
  const multipliers = Array.from(node.constants.multiplier.data);
  const biases = foldedBias(node);
  const channelTable = (columns: readonly (readonly number[])[], layout: string): ConstantTable => ({
    suffix: 'channels',
    ctype: 'int32_t',
    values: multipliers.flatMap((_, o) => columns.map(column => column[o])),
    perLine: columns.length,
    layout: `per output channel: bias, the zero point of the input folded in, ${layout}`,
    kind: 'tables',
  });
  if (multiplication === 'long') {
    // Factors are shifted instead of accumulators, where they have room.
    const room = multipliers.every(m => Math.abs(m) * 2 ** preShift < 2 ** 31);
    const shifted = room ? multipliers.map(m => m * 2 ** preShift) : multipliers;
    return {
      function: 'requantise_many',
      how: [stride, offset],
      preShift: room ? 0 : preShift,
      form: undefined,
      ownLowest: false,
      table: channelTable([biases, shifted], 'factor'),
      wordsPerChannel: 2,
      helpers: ['requantise-many'],
    };
  }
  if (multipliers.some(m => m < 0)) return undefined;
  const channels = rangesOf(node).map((range, o) => {
    const factor = { multiplier: multipliers[o], preShift, offset };
    return { range: passing(range, factor), factor };
  });
  // With an offset of -128, all accumulators up to 0 give -128.
  const above = offset === -128;
  const form = shortForm(
    above ? channels.map(({ range, factor }) => ({ range: { ...range, low: 1 }, factor })) : channels,
    preShift,
    offset,
  );
  if (form === undefined) return undefined;
  const highest = channels.map(({ range }) => range.high);
  const lowest = channels.map(({ range }) => range.low - 1);
  return {
    function: above ? 'requantise_above' : 'requantise_between',
    how: [stride, form.lowBits, form.shift, form.add],
    preShift: 0,
    form,
    ownLowest: !above,
    table: channelTable(
      [biases, multipliers, highest, ...(above ? [] : [lowest])],
      `factor, the accumulator above which the output is 127${above ? '' : ', and up to which it is -128'}`,
    ),
    wordsPerChannel: above ? 3 : 4,
    helpers: ['requantisation', above ? 'requantise-above' : 'requantise-between'],
  };
}
