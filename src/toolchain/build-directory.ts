import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withTemporaryDirectory } from '../emit/write-files.js';

/**
 * Runs `body` with an empty directory to build and run in, removed afterwards. With EFFNETC_KEEP_BUILD=1 it stays, and
 * its path is written to stderr: for looking at what was built.
 */
export function withBuildDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  if (process.env.EFFNETC_KEEP_BUILD !== '1') return withTemporaryDirectory(body);
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-kept-'));
  process.stderr.write(`effnetc: the build stays in ${directory}\n`);
  return body(directory);
}
