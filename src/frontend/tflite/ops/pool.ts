import { isIdentity } from '../../../ops/shared/activation.js';
import type { OperatorSite } from '../site.js';
import { clampAfter } from './lookups.js';
import { fusedActivation, type Translation } from './op.js';
import { constantIntegers } from './places.js';
import { windowOptions } from './window.js';

/** AVERAGE_POOL_2D: padding is not counted, halves go away from zero. MAX_POOL_2D: padding never wins. */
const pool =
  (kind: string): Translation =>
  site => {
    const input = site.image(0, 'pool');
    site.requireSameQuantisation();
    const { filter_height: rows, filter_width: columns } = site.operator.options;
    const { name } = site.place('pool');
    const activation = fusedActivation(site);
    const options = windowOptions(site, [rows, columns], input.type.shape, [0, 0, 0, 0]);
    const plain = isIdentity(activation);
    const pooled = site.add({ kind, name: plain ? name : `${name}.pool`, inputs: [input], options });
    site.bind(plain ? pooled : clampAfter(site, pooled, activation, name));
  };

export const averagePool2d = pool('avgPool');
export const maxPool2d = pool('maxPool');

/** REDUCE_MAX over height and width, as a global max pool is converted. */
export const reduceMax: Translation = site => {
  requireSpatial(site);
  site.requireSameQuantisation();
  const input = site.image(0, 'pool');
  const { height, width } = input.type.shape;
  site.bind(
    site.add({ kind: 'maxPool', name: site.place('pool').name, inputs: [input], options: { kernel: [height, width] } }),
  );
};

/** Refuses an operator whose axes, input 1, are not all of height and width. Axes of one element do not count. */
export function requireSpatial(site: OperatorSite): void {
  const { dims } = site.value(0);
  const axes = constantIntegers(site, 1, 'axes').map(axis => (axis < 0 ? axis + dims.length : axis));
  const last = dims.length - 1;
  const sound = axes.every(axis => axis >= 0 && axis < last);
  if (sound && dims.every((size, axis) => axis === last || size === 1 || axes.includes(axis))) return;
  site.refuse(
    `is over axes [${axes.join(', ')}] of [${dims.join(', ')}]`,
    'over height and width together, it can be imported',
  );
}
