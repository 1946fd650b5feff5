import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/**
 * A directory for what several test files need and takes long to make. It lives as long as a run of the suite, and is
 * emptied before tests run again after a change: nothing in it is older than the code.
 */
export function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-shared-'));
  process.env.EFFNETC_TEST_SHARED = directory;
  project.onTestsRerun(() => {
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
  });
  return () => rmSync(directory, { recursive: true, force: true });
}
