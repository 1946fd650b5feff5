import { isIdentity } from '../../../ops/shared/activation.js';
import { clampBehind } from './lookups.js';
import { fusedActivation, type Translation } from './op.js';
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
    site.bind(plain ? pooled : clampBehind(site, pooled, activation, name));
  };

export const averagePool2d = pool('avgPool');
export const maxPool2d = pool('maxPool');
