import { z } from 'zod';
import type { Node } from '../../ir/graph.js';
import { sameShape } from '../../ir/tensor.js';
import { type BlockCall, defineBlock } from './block.js';
import { activationOption, count, isOne, perAxisOption, unit, unitOptions } from './unit.js';

const options = z.strictObject({
  channels: count,
  groups: count,
  firstGroups: count.optional(),
  bottleneck: count.optional(),
  stride: perAxisOption.default(1),
  shortcut: z.boolean().default(true),
  activation: activationOption.default('relu'),
  ...unitOptions,
});

type Options = z.infer<typeof options>;

/**
 * The unit of ShuffleNet v1, arXiv 1707.01083: grouped 1x1 to a quarter of the channels, channel shuffle, 3x3 depthwise
 * without activation, grouped 1x1 without activation. The input is added to that, or, where the stride is not 1, its 3x3
 * average pool stands before it: then the convs make only the channels that are missing.
 */
export const shufflenetUnit = defineBlock<Options>({
  kind: 'shufflenetUnit',
  summary: 'the unit of ShuffleNet v1: grouped 1x1, channel shuffle, depthwise, grouped 1x1, and a shortcut',
  arity: 1,
  options,
  build(call) {
    const { channels, groups, stride, shortcut, activation } = call.options;
    const [x] = call.inputs;
    const { firstGroups = groups, bottleneck = Math.floor(channels / 4) } = call.options;
    const joined = shortcut && !isOne(stride);
    const made = joined ? channels - x.type.shape.channels : channels;
    check(call, x, { firstGroups, bottleneck, made });

    const first = { channels: bottleneck, kernel: 1, groups: firstGroups };
    let y = unit(call, { part: 'reduce', kind: 'conv', options: first, from: x, activation });
    y = call.emit('channelShuffle', { name: `${call.name}.shuffle`, inputs: [y], options: { groups } });
    const window = { kernel: 3, stride, padding: 'same' };
    y = unit(call, { part: 'dw', kind: 'depthwiseConv', options: window, from: y, activation: 'identity' });
    // Nothing is between the last conv and its activation where there is no shortcut.
    const last = { channels: made, kernel: 1, groups };
    const end = shortcut ? 'identity' : activation;
    y = unit(call, { part: 'expand', kind: 'conv', options: last, from: y, activation: end });
    if (!shortcut) return y;
    return call.emit('activation', {
      name: `${call.name}.act`,
      inputs: [joined ? join(call, x, y) : call.emit('add', { name: `${call.name}.add`, inputs: [x, y] })],
      options: typeof activation === 'string' ? { kind: activation } : activation,
    });
  },
});

function join({ name, options: { stride }, emit }: BlockCall<Options>, x: Node, y: Node): Node {
  const pool = emit('avgPool', { name: `${name}.pool`, inputs: [x], options: { kernel: 3, stride, padding: 'same' } });
  return emit('concat', { name: `${name}.concat`, inputs: [pool, y] });
}

/** What the ops of the block would refuse in words that do not fit the call. */
function check(
  { options, refuse }: BlockCall<Options>,
  { type: { shape } }: Node,
  { firstGroups, bottleneck, made }: Readonly<Record<'firstGroups' | 'bottleneck' | 'made', number>>,
): void {
  const { channels, groups, stride, shortcut } = options;
  if (made < 1) {
    refuse('channels', `the shortcut alone gives ${shape.channels} channels, so ${channels} leave none for the convs`);
  }
  if (shortcut && isOne(stride) && !sameShape(shape, { ...shape, channels })) {
    refuse(
      'channels',
      `${channels} channels cannot be added to the ${shape.channels} of the input; keep them, or use a stride`,
    );
  }
  const { bottleneck: givenBottleneck, firstGroups: givenGroups } = options;
  const groupsOption = givenGroups === undefined ? 'groups' : 'firstGroups';
  if (shape.channels % firstGroups !== 0) {
    refuse(groupsOption, `the ${shape.channels} channels of the input cannot be split into ${firstGroups} groups`);
  }
  for (const parts of [groups, firstGroups]) {
    if (bottleneck >= 1 && bottleneck % parts === 0) continue;
    refuse(
      givenBottleneck === undefined ? 'groups' : 'bottleneck',
      `the ${bottleneck} channels between the 1x1 convs cannot be split into ${parts} groups; set \`bottleneck\` to a multiple`,
    );
  }
  if (made % groups !== 0) {
    refuse('groups', `the ${made} channels that the last 1x1 makes cannot be split into ${groups} groups`);
  }
}
