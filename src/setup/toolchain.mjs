// Makes sure of the tools: finds them, installs what is missing where it can, else says exactly what to run.
import { aptCommandLine, aptInstall, aptPrefix, installCommand } from './apt.mjs';
import { SetupError } from './report.mjs';
import { missingTools, packagesOf } from './tools.mjs';

/** @typedef {import('./tools.mjs').Tool} Tool */

/**
 * @param {readonly Tool[]} missing
 * @param {string} because why they were not installed for the user
 */
function advice(missing, because) {
  const width = Math.max(...missing.map(tool => tool.name.length));
  return [
    `these tools are missing, and ${because}:`,
    ...missing.map(tool => `    ${tool.name.padEnd(width)}  needed to ${tool.purpose}`),
    '  On Debian and Ubuntu this line installs them:',
    `    ${aptCommandLine(packagesOf(missing))}`,
  ].join('\n');
}

/**
 * What is about to be installed, with which command and as whom.
 *
 * @param {readonly string[]} packages
 * @param {readonly string[]} prefix
 * @param {NodeJS.ProcessEnv} env
 * @param {boolean} waits
 */
function announcement(packages, prefix, env, waits) {
  const whom = prefix[0] === 'sudo' ? `root, through sudo, for ${env.USER ?? 'this user'}` : 'root';
  return [
    `these packages of the system are missing and will be installed as ${whom}:`,
    `    ${packages.join(' ')}`,
    `  by: ${[...prefix, 'apt-get', 'update'].join(' ')}; ${installCommand(packages, prefix)}`,
    `  EFFNETC_NO_INSTALL=1 goes on without them.${waits ? ' Ctrl-C within five seconds stops.' : ''}`,
  ].join('\n');
}

/** Gives a person at a terminal the time to read and to stop it. */
function pauseForPerson() {
  // Nothing handles signals yet, so that Ctrl-C ends the process while it waits.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000);
}

/**
 * @param {object} context
 * @param {NodeJS.ProcessEnv} context.env `CI=true` makes a missing tool an error; `EFFNETC_NO_INSTALL=1` forbids apt
 * @param {number | undefined} context.userId
 * @param {import('./report.mjs').Report} context.report
 * @param {(() => void) | undefined} [context.pause] before something is installed; by default five seconds at a terminal
 * @param {readonly Tool[]} wanted
 * @returns {readonly Tool[]} what is still missing afterwards
 * @throws {SetupError} in CI, where a skipped check would go unnoticed
 */
export function ensureTools(
  { env, userId, report, pause = process.stderr.isTTY ? pauseForPerson : undefined },
  wanted,
) {
  let missing = missingTools(wanted, env);
  if (missing.length === 0) return missing;
  let because = 'EFFNETC_NO_INSTALL is set';
  if (!env.EFFNETC_NO_INSTALL) {
    const prefix = aptPrefix(env, userId);
    because = 'they cannot be installed from here without a password (no apt-get, or neither root nor sudo -n)';
    if (prefix) {
      const packages = packagesOf(missing);
      report.line(announcement(packages, prefix, env, pause !== undefined));
      pause?.();
      const done = report.step(`installing ${packages.join(' ')} with apt-get (some minutes)`);
      const failure = aptInstall(packages, prefix, env);
      // One package that this system does not have keeps apt from installing the others: then each by itself.
      if (failure !== undefined && missing.length > 1) {
        for (const tool of missing) aptInstall(tool.packages, prefix, env);
      }
      done(failure === undefined ? 'done' : 'failed');
      missing = missingTools(missing, env);
      because = failure === undefined ? 'installing their packages did not help' : `apt-get failed:\n${failure}\n `;
    }
  }
  if (missing.length === 0) return missing;
  const message = advice(missing, because);
  if (env.CI === 'true') throw new SetupError(message);
  report.line(message);
  return missing;
}
