import { spawnSync } from 'node:child_process';

const strict = process.env.CI === 'true' || process.env.EFFNETC_REQUIRE_TOOLS === '1';
const found = new Map<string, boolean>();

/**
 * Is the program there? Where it is not, says why tests are skipped; on a build server a missing tool is a failure.
 */
export function needsTool(program: string): boolean {
  let here = found.get(program);
  if (here === undefined) {
    here = spawnSync(program, ['--version']).status === 0;
    found.set(program, here);
    if (!here && strict) throw new Error(`${program} is missing, and CI or EFFNETC_REQUIRE_TOOLS asks for it`);
    if (!here) console.warn(`skipped: ${program} is not installed`);
  }
  return here;
}
