import { isIdentity } from '../../../ops/shared/activation.js';
import type { OperatorContext } from '../context.js';
import { clampAfter } from './lookups.js';
import { fusedActivation, type Translation } from './op.js';
import { constantIntegers } from './places.js';
import { windowOptions } from './window.js';

/** AVERAGE_POOL_2D: padding is not counted, halves go away from zero. MAX_POOL_2D: padding never wins. */
const pool =
  (kind: string): Translation =>
  context => {
    const input = context.image(0, 'pool');
    context.requireSameQuantisation();
    const { filter_height: rows, filter_width: columns } = context.operator.options;
    const { name } = context.label('pool');
    const activation = fusedActivation(context);
    const options = windowOptions(context, [rows, columns], input.type.shape, [0, 0, 0, 0]);
    const plain = isIdentity(activation);
    const pooled = context.add({ kind, name: plain ? name : `${name}.pool`, inputs: [input], options });
    context.bind(plain ? pooled : clampAfter(context, pooled, activation, name));
  };

export const averagePool2d = pool('avgPool');
export const maxPool2d = pool('maxPool');

/** REDUCE_MAX over height and width, as a global max pool is converted. */
export const reduceMax: Translation = context => {
  requireSpatial(context);
  context.requireSameQuantisation();
  const input = context.image(0, 'pool');
  const { height, width } = input.type.shape;
  context.bind(
    context.add({
      kind: 'maxPool',
      name: context.label('pool').name,
      inputs: [input],
      options: { kernel: [height, width] },
    }),
  );
};

/** Refuses an operator whose axes, input 1, are not all of height and width. Axes of one element do not count. */
export function requireSpatial(context: OperatorContext): void {
  const { dims } = context.value(0);
  const axes = constantIntegers(context, 1, 'axes').map(axis => (axis < 0 ? axis + dims.length : axis));
  const last = dims.length - 1;
  const sound = axes.every(axis => axis >= 0 && axis < last);
  if (sound && dims.every((size, axis) => axis === last || size === 1 || axes.includes(axis))) return;
  context.refuse(
    `is over axes [${axes.join(', ')}] of [${dims.join(', ')}]`,
    'over height and width together, it can be imported',
  );
}
