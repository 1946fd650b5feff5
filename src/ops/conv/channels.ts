import type { ChannelRules } from '../channels.js';
import { upTo, withChannels } from '../shared/channel-rules.js';
import { isPadded, linearRanges, pickInputs, pickOutputs, sparedInputs } from '../shared/linear-channels.js';
import { type ConvAttributes, groupOf } from './attributes.js';

/** Outputs go one by one, and inputs that no output needs; of several groups, a group goes whole, so that the others stay even. */
export const convChannels: ChannelRules<ConvAttributes> = {
  ranges(node, [input]) {
    const inputs = node.constants.weight.shape[3];
    return linearRanges(
      node,
      input,
      (o, i) => groupOf(node.attributes, o) * inputs + (i % inputs),
      isPadded(node.attributes),
    );
  },
  bundles({ attributes, type }, [input]) {
    const { groups } = attributes;
    const outputs = upTo(type.shape.channels);
    if (groups === 1) return outputs.map(o => ({ inputs: [[]], outputs: [o] }));
    const each = input.channels / groups;
    return upTo(groups).map(group => ({
      inputs: [upTo(each).map(i => group * each + i)],
      outputs: outputs.filter(o => groupOf(attributes, o) === group),
    }));
  },
  spared: (node, [input], outputs) => [
    node.attributes.groups === 1
      ? sparedInputs(node, input, outputs, isPadded(node.attributes))
      : input.ranges.map(() => false),
  ],
  select(node, [input], { inputs: [inputs], outputs }) {
    const { channels, groups } = node.attributes;
    const reading = groups === 1 ? pickInputs(node, input, inputs) : node;
    const kept = { channels: outputs.length, groups: groups === 1 ? 1 : (groups * outputs.length) / channels };
    return withChannels(
      { ...pickOutputs(reading, outputs), attributes: { ...node.attributes, ...kept } },
      outputs.length,
    );
  },
};
