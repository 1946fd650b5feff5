import type { ChannelRules } from '../channels.js';
import { upTo, withChannels } from '../shared/channel-rules.js';
import { linearRanges, pickInputs, pickOutputs, sparedInputs } from '../shared/linear-channels.js';
import type { DenseAttributes } from './index.js';

/** Units go one by one, and input channels that no unit needs, at all positions. */
export const denseChannels: ChannelRules<DenseAttributes> = {
  ranges: (node, [input]) => linearRanges(node, input, (_o, i) => i % input.ranges.length, false),
  bundles: ({ type }) => upTo(type.shape.channels).map(o => ({ inputs: [[]], outputs: [o] })),
  spared: (node, [input], outputs) => [sparedInputs(node, input, outputs, false)],
  select(node, [input], { inputs: [inputs], outputs }) {
    const picked = pickOutputs(pickInputs(node, input, inputs), outputs);
    return withChannels({ ...picked, attributes: { ...node.attributes, units: outputs.length } }, outputs.length);
  },
};
