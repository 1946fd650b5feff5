// What `npm test` runs once everything is in place.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { npmCommand } from './packages.mjs';
import { capture, passThrough } from './process.mjs';
import { closingLine } from './test-summary.mjs';

/** @typedef {{ root: string, env: NodeJS.ProcessEnv, report: import('./report.mjs').Report }} Context */

/**
 * Runs `npm run NAME`, one line when it passes and all that it printed when it does not.
 * @param {Context} context
 * @param {string} name
 * @returns {boolean} whether it passed
 */
export function runScript({ root, env, report }, name) {
  const done = report.step(name);
  const [command, ...args] = npmCommand(env);
  const { ok, output } = capture(command, [...args, 'run', '--silent', name], { cwd: root, env });
  done(ok ? 'fine' : 'failed');
  if (!ok) process.stderr.write(`${output.trimEnd()}\n`);
  return ok;
}

/**
 * @param {string} file
 * @param {number} code exit code of vitest
 * @returns {import('./test-summary.mjs').Counts} one failure where vitest ended without counts
 */
export function readCounts(file, code) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  }
}

/**
 * @param {Context} context
 * @param {readonly string[]} args passed on to vitest
 * @returns {Promise<number>} the exit code
 */
export async function runVitest({ root, env }, args) {
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-test-'));
  const summary = join(directory, 'summary.json');
  try {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', `--reporter=${join(root, 'src', 'setup', 'test-summary.mjs')}`];
    const code = await passThrough(
      process.execPath,
      [vitest, 'run', '--config', join('test', 'vitest.config.ts'), ...reporters, ...args],
      {
        cwd: root,
        env: { ...env, EFFNETC_TEST_SUMMARY: summary },
      },
    );
    process.stdout.write(`\n${closingLine(readCounts(summary, code))}\n`);
    return code;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
