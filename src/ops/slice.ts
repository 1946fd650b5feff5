import { z } from 'zod';
import { fail } from '../diagnostics/diagnostic.js';
import type { Node } from '../ir/graph.js';
import { allocate, elementCount } from '../ir/tensor.js';
import type { OpDefinition, Operand } from './op.js';
import { keepQuantisation } from './pool.js';
import { upTo, withChannels } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import { sameRow } from './shared/window.js';

const attributes = z.strictObject({
  /** The first channel. */
  from: z.int().min(0).max(65535),
  channels: z.int().min(1).max(65536),
});

export type SliceAttributes = z.infer<typeof attributes>;

function sliced(node: Node<SliceAttributes>, [input]: readonly Operand[]) {
  const { from, channels } = node.attributes;
  const output = allocate(node.type.dtype, elementCount(node.type.shape));
  for (let i = 0; i < output.length; i++) {
    const position = Math.floor(i / channels);
    output[i] = input.data[position * input.type.shape.channels + from + (i % channels)];
  }
  return output;
}

export const slice: OpDefinition = defineOp<SliceAttributes>({
  kind: 'slice',
  summary: 'some neighbouring channels of a tensor; a split is one slice for each part',
  arity: 1,
  traits: { keepsQuantisation: true, int16: true },
  attributes,
  vocabulary: vocabulary(attributes, options => options),
  inferShape(context, [input]) {
    const { from, channels } = context.attributes;
    if (from + channels > input.channels) {
      fail('E0201', `'${context.name}' takes channels ${from} to ${from + channels - 1} of ${input.channels}`, {
        span: context.span,
        hint: 'from + channels must not be larger than the number of channels',
      });
    }
    return { ...input, channels };
  },
  rowWindows: () => [sameRow],
  macs: () => 0,
  channels: {
    ranges: ({ attributes: { from, channels } }, [input]) => input.ranges.slice(from, from + channels),
    bundles: ({ attributes: { from, channels } }) => upTo(channels).map(c => ({ inputs: [[from + c]], outputs: [c] })),
    // Those in no bundle, beside the slice, are not read at all.
    spared: (_node, [input]) => [input.ranges.map(() => true)],
    select(node, _inputs, { inputs: [inputs], outputs }) {
      const from = inputs.filter(c => c < node.attributes.from).length;
      return withChannels({ ...node, attributes: { from, channels: outputs.length } }, outputs.length);
    },
  },
  evaluate: (node, inputs) => Float32Array.from(sliced(node, inputs)),
  reference: sliced,
  lower: keepQuantisation,
});
