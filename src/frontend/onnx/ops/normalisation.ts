import { constant } from '../../../ir/tensor.js';
import { opOf } from '../../../ops/index.js';
import { dimsOf } from '../view.js';
import type { Translation } from './op.js';

export const batchNormalization: Translation = site => {
  if (site.quantised)
    site.refuse('is in a quantised network', 'fold it into the convolution before it, and then quantise');
  const rank = dimsOf(site.view(0)).length;
  const input = site.image(0, 'norm');
  const { channels } = input.type.shape;
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map(i => {
    const values = site.reals(i);
    if (values.length !== channels) site.refuse(`has ${values.length} parameters for ${channels} channels`);
    return constant('f32', [channels], values);
  });
  const epsilon = site.float('epsilon', 1e-5);
  if (!(epsilon >= 0) || variance.data.some(v => !(v + epsilon > 0))) site.refuse('has a variance of zero or less');
  const options = epsilon === 0 ? {} : { epsilon };
  const constants = { gamma, beta, mean, variance };
  site.bind(site.add({ kind: 'batchNorm', name: site.place('norm').name, inputs: [input], options, constants }), rank);
};

/** Softmax over channels. */
export const softmax: Translation = site => {
  const rank = dimsOf(site.view(0)).length;
  const older = (site.attribute('opset')?.int ?? site.state.file.opset) < 13;
  const axis = site.int('axis', older ? 1 : -1);
  const input = site.image(0, 'softmax');
  const { height, width } = input.type.shape;
  // Before version 13 it went over all axes from this one on.
  const whole = older && height * width > 1;
  if ((axis < 0 ? axis + rank : axis) !== Math.min(1, rank - 1) || whole) {
    site.refuse(`goes over axis ${axis} of ${rank} dimensions`, 'over channels, axis 1, it can be imported');
  }
  const quantisation = opOf({ op: 'softmax' }).traits.fixedQuantisation;
  const spec = { kind: 'softmax', name: site.place('softmax').name, inputs: [input] };
  site.bind(site.add(site.quantised && quantisation !== undefined ? { ...spec, quantisation } : spec), rank);
};

/** ArgMax of a vector: the class, as the last thing that a network does. */
export const argMax: Translation = site => {
  const dims = dimsOf(site.view(0));
  const axis = site.int('axis', 0);
  const input = site.image(0, 'argmax');
  const { height, width } = input.type.shape;
  if ((axis < 0 ? axis + dims.length : axis) !== Math.min(1, dims.length - 1) || height * width !== 1) {
    site.refuse(`goes over axis ${axis} of [${dims.join(', ')}]`, 'over a vector of classes, it can be imported');
  }
  if (site.int('select_last_index', 0) !== 0) site.refuse('takes the last of equals', 'leave select_last_index out');
  if (!site.isNetworkOutput()) site.refuse('is in the middle of the network', 'let it be the output');
  site.bindIndex(site.add({ kind: 'argmax', name: site.place('argmax').name, inputs: [input] }));
};

/** A second QuantizeLinear after the first: another scale. */
export const requantise: Translation = site => site.bindView(site.view(0));
