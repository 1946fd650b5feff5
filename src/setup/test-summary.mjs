// A vitest reporter that leaves the counts of a run in a file, for the closing line that CI systems read.
import { writeFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
 * @param {number} unhandledErrors
 * @returns {Counts}
 */
export function countTests(modules, unhandledErrors) {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    const before = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed++;
      else if (state === 'failed') counts.failed++;
      else counts.skipped++;
    }
    // A file that fails to load, or whose hooks fail, has no failing test of its own.
    if (!module.ok() && counts.failed === before) counts.failed++;
  }
  return counts;
}

/** @param {Counts} counts */
export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

// biome-ignore lint/style/noDefaultExport: vitest's `--reporter` takes the default export of a module.
export default class TestSummary {
  /**
   * @param {ReadonlyArray<import('vitest/node').TestModule>} modules
   * @param {ReadonlyArray<unknown>} errors
   */
  onTestRunEnd(modules, errors) {
    const file = process.env.EFFNETC_TEST_SUMMARY;
    if (file) writeFileSync(file, JSON.stringify(countTests(modules, errors.length)));
  }
}
