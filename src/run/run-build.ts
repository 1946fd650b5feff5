import { join } from 'node:path';
import { withBuildDirectory } from '../toolchain/build-directory.js';
import { type Build, type BuildRequest, buildFirmware } from '../toolchain/build-firmware.js';
import type { Firmware } from '../toolchain/firmware.js';
import { inParallel } from '../toolchain/process.js';
import type { DriverResult, RunOptions } from './driver.js';
import { RunFiles, splitVectors } from './run-files.js';

/** Runs an image in a directory that has in.bin. */
export type Execute = (image: string, files: RunFiles, firstVector: number) => Promise<void>;

/**
 * Builds a firmware and runs it on all vectors, in two processes at a time when there are many.
 *
 * @param execute ends with an error unless the harness came to its proper end
 */
export function runBuild(
  firmware: Firmware,
  request: BuildRequest,
  vectors: readonly Uint8Array[],
  options: RunOptions,
  execute: Execute,
): Promise<DriverResult> {
  return withBuildDirectory(async directory => {
    const build: Build = await buildFirmware(firmware, request, directory);
    const parts = splitVectors(vectors);
    const files = parts.map((part, i) => new RunFiles(join(directory, `run${i}`), firmware, part));
    const stop = reportProgress(files, vectors.length, options.onProgress);
    const first = parts.map((_, i) => parts.slice(0, i).reduce((sum, part) => sum + part.length, 0));
    try {
      await inParallel(
        parts.length,
        files.map((part, i) => () => execute(join('..', build.image), part, first[i] ?? 0)),
      );
    } finally {
      stop();
    }
    const results = files.map(part => part.result(options.trace));
    options.onProgress?.(vectors.length, vectors.length);
    const outputs = results.flatMap(result => result.outputs);
    return options.trace ? { outputs, layers: results.flatMap(result => result.layers ?? []) } : { outputs };
  });
}

const progressMs = 200;

/** Looks from time to time how much output there is. Returns what ends that. */
function reportProgress(files: readonly RunFiles[], total: number, onProgress: RunOptions['onProgress']): () => void {
  if (onProgress === undefined) return () => {};
  const timer = setInterval(() => {
    onProgress(
      files.reduce((sum, part) => sum + part.finished(), 0),
      total,
    );
  }, progressMs);
  return () => clearInterval(timer);
}
