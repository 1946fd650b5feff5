import type { ChannelRules } from '../channels.js';
import { upTo, withChannels } from '../shared/channel-rules.js';
import { isPadded, linearRanges, pickOutputs } from '../shared/linear-channels.js';
import type { DepthwiseConvAttributes } from './index.js';

/** An input channel goes with all the output channels that are made of it. */
export const depthwiseChannels: ChannelRules<DepthwiseConvAttributes> = {
  ranges: (node, [input]) =>
    linearRanges(node, input, o => Math.floor(o / node.attributes.multiplier), isPadded(node.attributes)),
  bundles: ({ attributes: { multiplier } }, [input]) =>
    upTo(input.channels).map(c => ({ inputs: [[c]], outputs: upTo(multiplier).map(m => c * multiplier + m) })),
  select: (node, _inputs, { outputs }) => withChannels(pickOutputs(node, outputs), outputs.length),
};
