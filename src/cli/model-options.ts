import { isAbsolute, join, resolve } from 'node:path';
import { fail } from '../diagnostics/diagnostic.js';
import type { Rounding } from '../numeric/requantise.js';
import type { LoadedModel } from '../pipeline.js';
import type { CommandIo } from './io.js';

export interface ModelOptions {
  readonly weights?: string;
  readonly rounding?: Rounding;
}

/** A path of the command line, from the directory that the command was given in; as it was given where that is ours. */
export function resolvePath(io: CommandIo, path: string): string {
  return isAbsolute(path) || resolve('.') === io.cwd ? path : join(io.cwd, path);
}

/** --weights, which a model.ts cannot do without. @throws CompileError E0910 */
export function requireWeights({ weights }: ModelOptions, what: string): string {
  return weights ?? fail('E0910', '--weights is missing', { hint: `give the ${what} of the model: --weights FILE` });
}

/** The integer graph of `<model> --weights q.safetensors`. */
export async function loadModel(io: CommandIo, model: string, options: ModelOptions): Promise<LoadedModel> {
  const { loadQuantisedModel } = await import('../pipeline.js');
  const weights = resolvePath(io, requireWeights(options, 'quantised weights'));
  return loadQuantisedModel({ model: resolvePath(io, model), weights }, io.session, options.rounding);
}
