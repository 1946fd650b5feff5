import type { QuantisedModel } from '../../quantize/quantise.js';
import type { Call } from './import-builder.js';

/** A quantised model from a file of another framework. */
export interface ImportedModel extends QuantisedModel {
  /** By node: how model.ts would write it. */
  readonly calls: ReadonlyMap<string, Call>;
}
