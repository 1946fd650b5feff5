import { existsSync } from 'node:fs';
import type { Goal, LoadedModel } from '../pipeline/index.js';
import type { Target } from '../target/target.js';
import type { CommandIo } from './io.js';
import { resolvePath } from './model-options.js';
import type { JsonObject } from './output.js';

/** Options of commands that can count kernels before they choose. */
export interface TuneOptions {
  readonly tune?: boolean;
  /** Implies `tune`. */
  readonly tuneCache?: string;
  readonly optimize?: Goal;
}

/** What compileModel takes, and what a command says of it. */
export interface Tuned {
  readonly options: Pick<import('../pipeline/index.js').CompileOptions, 'tuned' | 'tuning'>;
  readonly json: JsonObject;
  readonly text: string;
}

const untuned: Tuned = { options: {}, json: {}, text: '' };

/**
 * Counts kernels where that is asked for, with what the cache has; writes what is new into the cache.
 * @throws CompileError E0915 for a cache that cannot be used, and whatever building and emulating throw
 */
export async function tuneKernels(
  io: CommandIo,
  { tune: wanted = false, tuneCache, optimize = 'balanced' }: TuneOptions,
  loaded: LoadedModel,
  target: Target,
): Promise<Tuned> {
  if (!wanted && tuneCache === undefined) return untuned;
  const { cacheText, readCache } = await import('../select/tuning-cache.js');
  const { tune } = await import('../select/tune.js');
  const { kernelCandidates } = await import('../pipeline/index.js');
  const { kernelCounter } = await import('../pipeline/counter.js');
  const { writeFileAtomically } = await import('../emit/write-files.js');
  const path = tuneCache === undefined ? undefined : resolvePath(io, tuneCache);
  const known = path !== undefined && existsSync(path) ? readCache(path, tuneCache ?? '', io.version) : [];
  const counter = kernelCounter(loaded, target);
  const layers = kernelCandidates(loaded, target);
  const result = await tune(loaded.graph, layers, target, optimize, known, counter, (done, total) =>
    io.progress.update('counting kernels', done, total),
  );
  const { figures, taken, counted, sha256 } = result;
  if (path !== undefined && counted > 0) writeFileAtomically(path, cacheText(figures, io.version), { cwd: io.cwd });
  return {
    options: { tuned: result.measured, tuning: `by ${taken} figures of kernels that were counted, SHA-256 ${sha256}` },
    json: { tuning: { figures: taken, counted, sha256 } },
    text: `tuned  by ${taken} figures, ${counted} of them counted just now\n`,
  };
}
