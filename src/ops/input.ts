import { z } from 'zod';
import { quantisedType } from '../ir/tensor.js';
import type { OpDefinition } from './op.js';
import { defineOp, vocabulary } from './shared/define.js';

const size = z.int().min(1).max(16384);
const quantisation = {
  scale: z.number().positive().optional(),
  zeroPoint: z.int().min(-128).max(127).optional(),
  /** Of a value; 8 where nothing is said. */
  bits: z.literal(16).optional(),
};
/** Real values of the pixels 0 and 255. */
const pixels = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low < high, 'takes [low, high] with low below high')
  .optional();
const attributes = z.strictObject({ height: size, width: size, channels: size, ...quantisation, pixels });

type InputAttributes = z.infer<typeof attributes>;

/** The tensor that the caller supplies. It makes no rows of its own. */
export const input: OpDefinition = defineOp<InputAttributes>({
  kind: 'input',
  summary: 'the image or feature map that the caller hands in',
  arity: 0,
  traits: { source: true, int16: true },
  attributes,
  vocabulary: vocabulary(
    attributes
      .refine(
        o => (o.scale === undefined) === (o.zeroPoint === undefined),
        'scale and zeroPoint belong together: give both or none',
      )
      .refine(o => o.bits === undefined || o.zeroPoint === 0, '16 bits need a scale and the zeroPoint 0'),
    options => options,
  ),
  inferShape: ({ attributes: { height, width, channels } }) => ({ height, width, channels }),
  rowWindows: () => [],
  macs: () => 0,
  evaluate: () => {
    throw new TypeError('the input is given, not computed');
  },
  lower: (node, context) => ({ ...node, type: quantisedType(node.type.shape, context.output) }),
});
