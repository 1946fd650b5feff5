import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Directories in use, so that an interrupted run can remove them: see main.ts. */
const live = new Set<string>();

function remove(directory: string): void {
  live.delete(directory);
  // Best effort: a leftover in the temporary directory must not replace the error that is on its way.
  try {
    rmSync(directory, { recursive: true, force: true, maxRetries: 2 });
  } catch {}
}

/** Runs `body` with an empty directory of its own and removes it afterwards, whatever happens. */
export async function withTemporaryDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-'));
  live.add(directory);
  try {
    return await body(directory);
  } finally {
    remove(directory);
  }
}

/** Removes every directory that is in use. For the end of an interrupted process. */
export function removeTemporaryDirectories(): void {
  for (const directory of live) remove(directory);
}
