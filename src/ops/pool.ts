import { z } from 'zod';
import { invariant } from '../diagnostics/diagnostic.js';
import type { Node } from '../ir/graph.js';
import { allocate, elementCount, quantisedType, type Shape, type TensorType } from '../ir/tensor.js';
import type { OpDefinition, Operand, QuantiseContext } from './op.js';
import { ownChannelRules } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import {
  forEachTap,
  paddingOption,
  perAxis,
  resolveWindow,
  type WindowAttributes,
  windowAttributes,
  windowOutput,
  windowRows,
} from './shared/window.js';

export const poolAttributes = z.strictObject(windowAttributes);

export type PoolAttributes = z.infer<typeof poolAttributes>;

const windowOptions = z.strictObject({
  kernel: perAxis,
  stride: perAxis.optional(),
  padding: paddingOption.optional(),
});

/** Without a stride, pools step by their kernel. */
export const poolVocabulary = vocabulary(windowOptions, (options, [input]) => resolvePool(options, input));

export function resolvePool(options: z.infer<typeof windowOptions>, input: TensorType): PoolAttributes {
  return mutable(resolveWindow({ ...options, stride: options.stride ?? options.kernel }, input.shape));
}

function mutable({ kernel, stride, padding }: WindowAttributes): PoolAttributes {
  return { kernel: [...kernel], stride: [...stride], padding: [...padding] };
}

/** Shape rules and window of a pool; scale and zero point pass through. */
export const poolShape: Pick<
  OpDefinition<PoolAttributes>,
  'arity' | 'attributes' | 'inferShape' | 'rowWindows' | 'macs' | 'reorderOutputs' | 'channels' | 'lower'
> = {
  arity: 1,
  attributes: poolAttributes,
  inferShape: (context, [input]) => ({ ...windowOutput(context, context.attributes, input), channels: input.channels }),
  rowWindows: context => [windowRows(context.attributes)],
  macs: () => 0,
  reorderOutputs: node => ({ node, inputs: true }),
  // The largest value and the rounded mean of a window are not outside of what the window holds; padding never counts.
  channels: ownChannelRules((_node, range) => range),
  lower: keepQuantisation,
};

/** The integer form of an op that only selects or averages: the same node over integers. */
export function keepQuantisation(node: Node, context: QuantiseContext): Node {
  const { quantisation } = context.inputs[0];
  invariant(quantisation !== undefined, `${node.name}: its input has no quantisation`);
  return { ...node, type: quantisedType(node.type.shape, quantisation) };
}

/**
 * Visits the outputs of a pool: folds `step` over the taps inside the input, from `start`, then `finish` with the number of
 * those taps (padding never counts).
 */
export function pool(
  node: Node<PoolAttributes>,
  input: Operand,
  start: number,
  step: (folded: number, x: number) => number,
  finish: (folded: number, taps: number) => number,
) {
  const { height, width, channels }: Shape = node.type.shape;
  const inputShape = input.type.shape;
  const output = allocate(node.type.dtype, elementCount(node.type.shape));
  const { data } = input;
  const folded = new Float64Array(channels);
  let at = 0;
  for (let oy = 0; oy < height; oy++) {
    for (let ox = 0; ox < width; ox++) {
      folded.fill(start);
      let taps = 0;
      forEachTap(node.attributes, inputShape, oy, ox, (_ky, _kx, iy, ix) => {
        const first = (iy * inputShape.width + ix) * channels;
        for (let c = 0; c < channels; c++) folded[c] = step(folded[c], data[first + c]);
        taps++;
      });
      for (let c = 0; c < channels; c++) output[at++] = finish(folded[c], taps);
    }
  }
  return output;
}

const compute = (node: Node<PoolAttributes>, [input]: readonly Operand[]) =>
  pool(node, input, Number.NEGATIVE_INFINITY, Math.max, largest => largest);

export const maxPool: OpDefinition = defineOp<PoolAttributes>({
  kind: 'maxPool',
  summary: 'the largest value of each window and channel; padding never wins',
  traits: { keepsQuantisation: true, scalesByChannel: true, int16: true },
  vocabulary: poolVocabulary,
  ...poolShape,
  evaluate: (node, inputs) => Float32Array.from(compute(node, inputs)),
  reference: compute,
});

/** Integer division that rounds halves away from zero, as TFLite's average pool does. `taps` > 0. */
export function roundedMean(sum: number, taps: number): number {
  const half = Math.floor(taps / 2);
  return sum > 0 ? Math.floor((sum + half) / taps) : Math.ceil((sum - half) / taps);
}

/** Source of the integer form: TFLite reference kernel AveragePool (int8): the mean of the quantised values, padding left out. */
export const avgPool: OpDefinition = defineOp<PoolAttributes>({
  kind: 'avgPool',
  summary: 'the mean of each window and channel, padding left out; without a kernel, of the whole input',
  traits: { keepsQuantisation: true, scalesByChannel: true, int16: true },
  ...poolShape,
  vocabulary: vocabulary(
    z
      .strictObject({ kernel: perAxis.optional(), stride: perAxis.optional(), padding: paddingOption.optional() })
      .refine(
        o => o.kernel !== undefined || (o.stride === undefined && o.padding === undefined),
        'stride and padding need a kernel',
      ),
    ({ kernel, ...rest }, [input]) =>
      resolvePool({ kernel: kernel ?? [input.shape.height, input.shape.width], ...rest }, input),
    { optionsOptional: true },
  ),
  evaluate: (node, [input]) =>
    Float32Array.from(
      pool(
        node,
        input,
        0,
        (sum, x) => sum + x,
        (sum, taps) => sum / taps,
      ),
    ),
  reference: (node, [input]) => pool(node, input, 0, (sum, x) => sum + x, roundedMean),
});
