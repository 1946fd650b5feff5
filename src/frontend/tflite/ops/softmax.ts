import { fixedQuantisationOf } from '../../../ops/op.js';
import { definitionOf } from '../../import/import-builder.js';
import type { Translation } from './op.js';

/** SOFTMAX over the channels, with the one output scale that TFLite allows. */
export const softmax: Translation = site => {
  const input = site.image(0, 'softmax');
  const fixed = fixedQuantisationOf(definitionOf('softmax').traits, site.quantisation(0));
  const found = site.outputQuantisation();
  if (site.operator.options.beta !== 1) site.refuse(`has the beta ${site.operator.options.beta}, where 1 is imported`);
  if (found.scale !== fixed?.scale || found.zeroPoint !== fixed.zeroPoint) {
    site.refuse(
      `has the output scale ${found.scale} and zero point ${found.zeroPoint}, where ${fixed?.bits === 16 ? '1/32768 and 0' : '1/256 and -128'} are needed`,
    );
  }
  site.bind(site.add({ kind: 'softmax', ...site.place('softmax'), inputs: [input], quantisation: found }));
};
