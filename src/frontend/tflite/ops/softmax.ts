import { opOf } from '../../../ops/index.js';
import { fixedQuantisationOf } from '../../../ops/op.js';
import type { Translation } from './op.js';
import { constantIntegers } from './places.js';

/** SOFTMAX over the channels, with the one output scale that TFLite allows. */
export const softmax: Translation = context => {
  const input = context.image(0, 'softmax');
  const fixed = fixedQuantisationOf(opOf({ op: 'softmax' }).traits, context.quantisation(0));
  const found = context.outputQuantisation();
  if (context.operator.options.beta !== 1)
    context.refuse(`has the beta ${context.operator.options.beta}, where 1 is imported`);
  if (found.scale !== fixed?.scale || found.zeroPoint !== fixed.zeroPoint) {
    context.refuse(
      `has the output scale ${found.scale} and zero point ${found.zeroPoint}, where ${fixed?.bits === 16 ? '1/32768 and 0' : '1/256 and -128'} are needed`,
    );
  }
  context.bind(context.add({ kind: 'softmax', ...context.label('softmax'), inputs: [input], quantisation: found }));
};

/** ARG_MAX of a vector: the class, as the last thing that a network does. Of equals the first, as TFLite has it. */
export const argMax: Translation = context => {
  const { dims } = context.value(0);
  const [axis] = constantIntegers(context, 1, 'axes');
  const input = context.image(0, 'argmax');
  const { height, width } = input.type.shape;
  if ((axis < 0 ? axis + dims.length : axis) !== dims.length - 1 || height * width !== 1) {
    context.refuse(`goes over axis ${axis} of [${dims.join(', ')}]`, 'over a vector of classes, it can be imported');
  }
  if (!context.isNetworkOutput()) context.refuse('is in the middle of the network', 'let it be the output');
  context.bindIndex(context.add({ kind: 'argmax', name: context.label('argmax').name, inputs: [input] }));
};
