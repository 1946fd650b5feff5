// npm packages: installed when what node_modules holds is not what package-lock.json asks for.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, excerpt } from './process.mjs';
import { SetupError } from './report.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lock
 */

/**
 * @param {string} file
 * @returns {Lock | undefined} nothing when the file is missing or damaged
 */
function readLock(file) {
  try {
    return /** @type {Lock} */ (JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Compares the lock file with the one that npm keeps inside node_modules and writes last. Content, not time stamps:
 * git gives files the time of the checkout. Optional packages may be absent, since they are for other platforms.
 * @param {string} root
 * @returns {string | undefined} why an installation is needed, or nothing
 */
export function packagesOutOfDate(root) {
  if (!existsSync(join(root, 'node_modules'))) return 'node_modules is missing';
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!installed) return 'node_modules is incomplete';
  const wanted = readLock(join(root, 'package-lock.json'))?.packages;
  if (!wanted)
    throw new SetupError('package-lock.json is missing or damaged; restore it with: git checkout package-lock.json');
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = installed[path];
    if (!found) {
      if (entry.optional || entry.devOptional) continue;
      return `${path} is not installed`;
    }
    if (found.version !== entry.version || (found.integrity ?? '') !== (entry.integrity ?? '')) {
      return `${path} is not the locked version`;
    }
  }
  return undefined;
}

/**
 * The npm that runs us, where there is one: a plain `npm` may be missing from PATH or be another version.
 * @param {NodeJS.ProcessEnv} env
 * @returns {[command: string, ...args: string[]]}
 */
export function npmCommand(env) {
  return env.npm_execpath?.endsWith('.js') ? [process.execPath, env.npm_execpath] : ['npm'];
}

/**
 * @param {{ root: string, env: NodeJS.ProcessEnv, report: import('./report.mjs').Report }} context
 * @throws {SetupError} when npm fails
 */
export function installPackages({ root, env, report }) {
  const reason = packagesOutOfDate(root);
  if (reason === undefined) return;
  const done = report.step(`installing npm packages (npm ci: ${reason})`);
  const [command, ...args] = npmCommand(env);
  // Build tools are devDependencies, which npm leaves out when NODE_ENV or --omit says production.
  const { ok, output } = capture(
    command,
    [...args, 'ci', '--no-fund', '--no-audit', '--include=dev', '--loglevel=error'],
    {
      cwd: root,
      env: { ...env, NODE_ENV: 'development' },
    },
  );
  done(ok ? 'done' : 'failed');
  if (ok) return;
  throw new SetupError(
    // The cause comes first: npm may print its whole usage after it.
    `npm could not install the packages. It says:\n${excerpt(output, 0, 12)}\n` +
      '  Check the network and the npm registry (npm ping), then run the command again.',
  );
}
