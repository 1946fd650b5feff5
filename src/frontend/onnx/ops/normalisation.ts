import { constant } from '../../../ir/tensor.js';
import { opOf } from '../../../ops/index.js';
import { dimsOf } from '../view.js';
import type { Translation } from './op.js';

export const batchNormalization: Translation = context => {
  if (context.quantised)
    context.refuse('is in a quantised network', 'fold it into the convolution before it, and then quantise');
  const rank = dimsOf(context.view(0)).length;
  const input = context.image(0, 'norm');
  const { channels } = input.type.shape;
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map(i => {
    const values = context.reals(i);
    if (values.length !== channels) context.refuse(`has ${values.length} parameters for ${channels} channels`);
    return constant('f32', [channels], values);
  });
  const epsilon = context.float('epsilon', 1e-5);
  if (!(epsilon >= 0) || variance.data.some(v => !(v + epsilon > 0))) context.refuse('has a variance of zero or less');
  const options = epsilon === 0 ? {} : { epsilon };
  const constants = { gamma, beta, mean, variance };
  context.bind(
    context.add({ kind: 'batchNorm', name: context.label('norm').name, inputs: [input], options, constants }),
    rank,
  );
};

/** Softmax over channels. */
export const softmax: Translation = context => {
  const rank = dimsOf(context.view(0)).length;
  const older = (context.attribute('opset')?.int ?? context.state.file.opset) < 13;
  const axis = context.int('axis', older ? 1 : -1);
  const input = context.image(0, 'softmax');
  const { height, width } = input.type.shape;
  // Before version 13 it went over all axes from this one on.
  const whole = older && height * width > 1;
  if ((axis < 0 ? axis + rank : axis) !== Math.min(1, rank - 1) || whole) {
    context.refuse(`goes over axis ${axis} of ${rank} dimensions`, 'over channels, axis 1, it can be imported');
  }
  const quantisation = opOf({ op: 'softmax' }).traits.fixedQuantisation;
  const spec = { kind: 'softmax', name: context.label('softmax').name, inputs: [input] };
  context.bind(context.add(context.quantised && quantisation !== undefined ? { ...spec, quantisation } : spec), rank);
};

/** ArgMax of a vector: the class, as the last thing that a network does. */
export const argMax: Translation = context => {
  const dims = dimsOf(context.view(0));
  const axis = context.int('axis', 0);
  const input = context.image(0, 'argmax');
  const { height, width } = input.type.shape;
  if ((axis < 0 ? axis + dims.length : axis) !== Math.min(1, dims.length - 1) || height * width !== 1) {
    context.refuse(`goes over axis ${axis} of [${dims.join(', ')}]`, 'over a vector of classes, it can be imported');
  }
  if (context.int('select_last_index', 0) !== 0)
    context.refuse('takes the last of equals', 'leave select_last_index out');
  if (!context.isNetworkOutput()) context.refuse('is in the middle of the network', 'let it be the output');
  context.bindIndex(context.add({ kind: 'argmax', name: context.label('argmax').name, inputs: [input] }));
};

/** A second QuantizeLinear after the first: another scale. */
export const requantise: Translation = context => context.bindView(context.view(0));
