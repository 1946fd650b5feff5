import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCounts } from '../../src/setup/checks.mjs';
import { closingLine, countTests } from '../../src/setup/test-summary.mjs';

/**
 * @param {boolean} ok
 * @param {string[]} states
 */
const module = (ok, ...states) =>
  /** @type {import('vitest/node').TestModule} */ (
    /** @type {unknown} */ ({
      ok: () => ok,
      children: { allTests: () => states.map(state => ({ result: () => ({ state }) })) },
    })
  );

describe('countTests', () => {
  it('adds up the tests of all files', () => {
    const counts = countTests([module(true, 'passed', 'skipped'), module(false, 'failed', 'passed', 'pending')], 0);
    expect(counts).toEqual({ passed: 2, failed: 1, skipped: 2 });
  });

  it('counts a file that does not load, and an error outside of any test, as a failure', () => {
    expect(countTests([module(false), module(true, 'passed')], 1)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });
});

describe('closingLine', () => {
  it('names skipped tests only where there are any', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});

describe('readCounts', () => {
  it('takes a runner that ended without counts for a failure', () => {
    const directory = mkdtempSync(join(tmpdir(), 'effnetc-counts-'));
    const file = join(directory, 'summary.json');
    expect(readCounts(file, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    writeFileSync(file, '{"passed":5,"failed":0,"skipped":0}');
    expect(readCounts(file, 0)).toEqual({ passed: 5, failed: 0, skipped: 0 });
    rmSync(directory, { recursive: true });
  });
});
