import { z } from 'zod';
import { invariant } from '../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../ir/graph.js';
import { allocate, elementCount, type Quantisation, valuesOf } from '../ir/tensor.js';
import { clamp } from '../numeric/requantise.js';
import type { OpDefinition, Operand } from './op.js';
import { keepQuantisation } from './pool.js';
import { hull, ownChannelRules } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';

const amount = z.int().min(0).max(1024);
const attributes = z.strictObject({
  padding: z.tuple([amount, amount, amount, amount]),
  value: z.number(),
});

export interface PadAttributes extends Attributes {
  /** Top, bottom, left, right. */
  readonly padding: readonly [number, number, number, number];
  /** In real units. */
  readonly value: number;
}

/** The padding as an integer. */
export function paddingValue(
  { attributes: { value }, name }: Node<PadAttributes>,
  q: Quantisation | undefined,
): number {
  invariant(q !== undefined, `${name}: padding without quantisation`);
  const { low, high } = valuesOf(q);
  return clamp(Math.round(value / q.scale) + q.zeroPoint, low, high);
}

function padded(node: Node<PadAttributes>, input: Operand, filling: number) {
  const [top, , left] = node.attributes.padding;
  const { height, width, channels } = input.type.shape;
  const output = allocate(node.type.dtype, elementCount(node.type.shape)).fill(filling);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width * channels; i++) {
      output[((y + top) * node.type.shape.width + left) * channels + i] = input.data[y * width * channels + i];
    }
  }
  return output;
}

/** Before a conv, a padding of zeros is better an option of the conv: then nothing is copied. */
export const pad: OpDefinition = defineOp<PadAttributes>({
  kind: 'pad',
  summary: 'rows and columns of one value around a tensor; 0 unless said otherwise',
  arity: 1,
  traits: { keepsQuantisation: true, int16: true },
  attributes: attributes as z.ZodType<PadAttributes>,
  vocabulary: vocabulary(
    z.strictObject({
      padding: z.strictObject({
        top: amount.optional(),
        bottom: amount.optional(),
        left: amount.optional(),
        right: amount.optional(),
      }),
      value: z.number().optional(),
    }),
    ({ padding: { top = 0, bottom = 0, left = 0, right = 0 }, value = 0 }) => ({
      padding: [top, bottom, left, right],
      value,
    }),
  ),
  inferShape({ attributes: { padding } }, [{ height, width, channels }]) {
    const [top, bottom, left, right] = padding;
    return { height: height + top + bottom, width: width + left + right, channels };
  },
  rowWindows: ({ attributes: { padding } }) => [{ rows: 1, stride: 1, before: padding[0] }],
  macs: () => 0,
  channels: ownChannelRules((node, range, { type }) => {
    const filling = paddingValue(node, type.quantisation);
    return hull(range, { low: filling, high: filling });
  }),
  evaluate: (node, [input]) => Float32Array.from(padded(node, input, node.attributes.value)),
  reference: (node, [input]) => padded(node, input, paddingValue(node, node.type.quantisation)),
  lower: keepQuantisation,
});
