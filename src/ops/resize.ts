import { z } from 'zod';
import { fail } from '../diagnostics/diagnostic.js';
import type { Node } from '../ir/graph.js';
import { allocate, elementCount } from '../ir/tensor.js';
import type { OpDefinition, Operand } from './op.js';
import { keepQuantisation } from './pool.js';
import { ownChannelRules } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import { largestPerAxis, perAxis, toPair } from './shared/window.js';

const factor = z.int().min(1).max(largestPerAxis);

const attributes = z.strictObject({
  /** Output rows of an input row, and output columns of an input column. */
  factor: z.tuple([factor, factor]),
});

export type ResizeAttributes = z.infer<typeof attributes>;

/** A side of a tensor is not larger than this. */
export const longestSide = 65536;

function enlarged({ attributes: { factor }, type }: Node<ResizeAttributes>, [input]: readonly Operand[]) {
  const { height, width, channels } = type.shape;
  const output = allocate(type.dtype, elementCount(type.shape));
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / factor[0]) * input.type.shape.width + Math.floor(x / factor[1])) * channels;
      for (let c = 0; c < channels; c++) output[at++] = input.data[from + c];
    }
  }
  return output;
}

/** Source of the integer form: TFLite reference_ops::ResizeNearestNeighbor, for whole factors. */
export const resize: OpDefinition = defineOp<ResizeAttributes>({
  kind: 'resize',
  summary: 'enlarges height and width by whole factors: each value is repeated (nearest neighbour)',
  arity: 1,
  traits: { keepsQuantisation: true, scalesByChannel: true, int16: true },
  attributes,
  vocabulary: vocabulary(z.strictObject({ factor: perAxis }), options => {
    const [rows, columns] = toPair(options.factor);
    return { factor: [rows, columns] };
  }),
  inferShape({ name, span, attributes: { factor } }, [{ height, width, channels }]) {
    const shape = { height: height * factor[0], width: width * factor[1], channels };
    if (Math.max(shape.height, shape.width) > longestSide) {
      fail('E0201', `'${name}' would make ${shape.height} rows and ${shape.width} columns`, {
        span,
        hint: `a side may have ${longestSide} at most`,
      });
    }
    return shape;
  },
  rowWindows: ({ attributes: { factor } }) => [{ rows: 1, stride: 1, before: 0, repeat: factor[0] }],
  macs: () => 0,
  reorderOutputs: node => ({ node, inputs: true }),
  channels: ownChannelRules((_node, range) => range),
  evaluate: (node, inputs) => Float32Array.from(enlarged(node, inputs)),
  reference: enlarged,
  lower: keepQuantisation,
});
