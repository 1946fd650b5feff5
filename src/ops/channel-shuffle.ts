import { z } from 'zod';
import { fail } from '../diagnostics/diagnostic.js';
import type { Node } from '../ir/graph.js';
import { allocate, elementCount } from '../ir/tensor.js';
import type { OpDefinition, Operand } from './op.js';
import { keepQuantisation } from './pool.js';
import { upTo, withChannels } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import { sameRow } from './shared/window.js';

const attributes = z.strictObject({ groups: z.int().min(1).max(65536) });

export type ChannelShuffleAttributes = z.infer<typeof attributes>;

function shuffled(node: Node<ChannelShuffleAttributes>, [input]: readonly Operand[]) {
  const { groups } = node.attributes;
  const { channels } = node.type.shape;
  const perGroup = channels / groups;
  const output = allocate(node.type.dtype, elementCount(node.type.shape));
  for (let from = 0; from < output.length; from += channels) {
    for (let i = 0; i < perGroup; i++) {
      for (let group = 0; group < groups; group++) {
        output[from + i * groups + group] = input.data[from + group * perGroup + i];
      }
    }
  }
  return output;
}

function orderOf({ attributes: { groups }, type: { shape } }: Node<ChannelShuffleAttributes>): number[] {
  return upTo(shape.channels).map(i => (i % groups) * (shape.channels / groups) + Math.floor(i / groups));
}

/** ShuffleNet's: channels as [groups, rest], transposed to [rest, groups]. */
export const channelShuffle: OpDefinition = defineOp<ChannelShuffleAttributes>({
  kind: 'channelShuffle',
  summary: 'the first channel of each group, then the second of each, and so on',
  arity: 1,
  traits: { keepsQuantisation: true, int16: true },
  attributes,
  vocabulary: vocabulary(attributes, options => options),
  inferShape(context, [input]) {
    const { groups } = context.attributes;
    if (input.channels % groups !== 0) {
      fail('E0205', `'${context.name}' cannot split ${input.channels} channels into ${groups} groups`, {
        span: context.span,
        hint: 'the number of channels must be a multiple of groups',
      });
    }
    return input;
  },
  rowWindows: () => [sameRow],
  macs: () => 0,
  channelOrder: orderOf,
  channels: {
    ranges: (node, [input]) => orderOf(node).map(c => input.ranges[c]),
    // One channel of each group: so groups stay of one size.
    bundles(node) {
      const order = orderOf(node);
      const { groups } = node.attributes;
      return upTo(order.length / groups).map(i => {
        const outputs = upTo(groups).map(group => i * groups + group);
        return { inputs: [outputs.map(o => order[o])], outputs };
      });
    },
    select: (node, _inputs, { outputs }) => withChannels(node, outputs.length),
  },
  evaluate: (node, inputs) => Float32Array.from(shuffled(node, inputs)),
  reference: shuffled,
  lower: keepQuantisation,
});
