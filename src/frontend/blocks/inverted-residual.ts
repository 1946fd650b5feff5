import { z } from 'zod';
import { sameShape } from '../../ir/tensor.js';
import { defineBlock } from './block.js';
import { activationOption, count, isOne, perAxisOption, unit, unitOptions } from './unit.js';

const options = z.strictObject({
  channels: count,
  expansion: z.number().positive().max(64).default(6),
  kernel: perAxisOption.default(3),
  stride: perAxisOption.default(1),
  activation: activationOption.default('relu6'),
  ...unitOptions,
});

/**
 * The block of MobileNet v2, arXiv 1801.04381: 1x1 to `expansion` times the channels, depthwise, and a 1x1 without activation.
 * Around it goes an addition, where that makes the same shape with stride 1. With an expansion of 1 there is no first 1x1.
 */
export const invertedResidual = defineBlock<z.infer<typeof options>>({
  kind: 'invertedResidual',
  summary: 'the block of MobileNet v2: expanding 1x1, depthwise, linear 1x1, and a shortcut where it fits',
  arity: 1,
  options,
  build(call) {
    const { channels, expansion, kernel, stride, activation } = call.options;
    const [x] = call.inputs;
    const wide = Math.round(x.type.shape.channels * expansion);
    if (wide < 1 || wide > 65536) {
      call.refuse('expansion', `an expansion of ${expansion} makes ${wide} of ${x.type.shape.channels} channels`);
    }
    let y = x;
    if (expansion !== 1) {
      y = unit(call, { part: 'expand', kind: 'conv', options: { channels: wide, kernel: 1 }, from: y, activation });
    }
    const window = { kernel, stride, padding: 'same' };
    y = unit(call, { part: 'dw', kind: 'depthwiseConv', options: window, from: y, activation });
    const project = { channels, kernel: 1 };
    y = unit(call, { part: 'project', kind: 'conv', options: project, from: y, activation: 'identity' });
    if (!isOne(stride) || !sameShape(x.type.shape, y.type.shape)) return y;
    return call.emit('add', { name: `${call.name}.add`, inputs: [x, y] });
  },
});
