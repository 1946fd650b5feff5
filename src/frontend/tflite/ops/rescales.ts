import type { Node } from '../../../ir/graph.js';
import { constant, type Quantisation } from '../../../ir/tensor.js';
import type { Activation } from '../../../ops/shared/activation.js';
import type { OperatorContext } from '../context.js';

/** What a `rescale` computes with; see the op. */
export interface RescaleNumbers {
  /** For values of 0 and more, and below: one pair for all channels, or one for each. */
  readonly slopes: readonly (readonly [positive: number, negative: number])[];
  readonly scales: readonly [positive: number, negative: number];
  readonly sum?: { readonly kind: 'plus' | 'minus'; readonly offsets: readonly number[]; readonly scale: number };
}

/** The same factor on both sides of zero. */
export const evenly = (scale: number): RescaleNumbers => ({ slopes: [[1, 1]], scales: [scale, scale] });

/** Are there int16 values on either side of the operator? */
export const isWide = (context: OperatorContext): boolean =>
  context.quantisation(0).bits === 16 || context.outputQuantisation().bits === 16;

/** Adds what single values become, of which there are too many for a table. */
export function addRescale(
  context: OperatorContext,
  name: string,
  input: Node,
  { slopes, scales, sum }: RescaleNumbers,
  meaning: Activation,
  quantisation: Quantisation,
): Node {
  const channels = slopes.length;
  context.builder.claim(3 * channels, context.span);
  return context.add({
    kind: 'rescale',
    name,
    inputs: [input],
    options: {
      ...(meaning.kind === 'identity' ? {} : { function: meaning }),
      ...(channels > 1 ? { perChannel: true } : {}),
      ...(sum === undefined ? {} : { sum: sum.kind }),
    },
    constants: {
      slope: constant('i32', [channels, 2], slopes.flat()),
      scale: constant('f64', [2], scales),
      ...(sum === undefined
        ? {}
        : { offset: constant('i32', [channels], sum.offsets), sumScale: constant('f64', [1], [sum.scale]) }),
    },
    quantisation,
  });
}
