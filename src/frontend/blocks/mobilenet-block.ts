import { z } from 'zod';
import { defineBlock } from './block.js';
import { activationOption, count, perAxisOption, unit, unitOptions } from './unit.js';

const options = z.strictObject({
  channels: count,
  kernel: perAxisOption.default(3),
  stride: perAxisOption.default(1),
  activation: activationOption.default('relu'),
  ...unitOptions,
});

/** The block of MobileNet v1, arXiv 1704.04861: depthwise and 1x1 conv, each with batch norm and activation. */
export const mobilenetBlock = defineBlock<z.infer<typeof options>>({
  kind: 'mobilenetBlock',
  summary: 'the block of MobileNet v1: depthwise and 1x1 conv',
  arity: 1,
  options,
  build(call) {
    const { channels, kernel, stride, activation } = call.options;
    const [x] = call.inputs;
    const window = { kernel, stride, padding: 'same' };
    const y = unit(call, { part: 'dw', kind: 'depthwiseConv', options: window, from: x, activation });
    return unit(call, { part: 'pw', kind: 'conv', options: { channels, kernel: 1 }, from: y, activation });
  },
});
