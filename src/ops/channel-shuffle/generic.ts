import type { Node } from '../../ir/graph.js';
import type { KernelVariant } from '../kernel.js';
import type { ChannelShuffleAttributes } from './index.js';

export const genericChannelShuffle: KernelVariant = {
  name: 'generic',
  needs: [],
  wide: true,
  plan(plain) {
    const { attributes, type } = plain as Node<ChannelShuffleAttributes>;
    const { width, channels } = type.shape;
    const { groups } = attributes;
    return {
      slug: 'channel_shuffle',
      template: 'kernels/channel-shuffle/generic',
      view: { width, channels, groups, perGroup: channels / groups },
      tables: [],
      helpers: [],
    };
  },
};
