/**
 * The vocabulary of model descriptions: what a `model.ts` imports from 'effnetc'.
 *
 * effnetc reads model files, it does not execute them. The functions here exist so that editors and the type checker know
 * them; calling one throws. The files of this folder import nothing else, since the reader hands them to the type checker alone.
 */

export * from './blocks.js';
export type { Model, Named, Padding, PerAxis, Tensor } from './core.js';
export * from './ops.js';
