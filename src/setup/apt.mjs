// Installing system packages, where that works without asking anybody.
import { capture, excerpt } from './process.mjs';

/**
 * How apt-get can be run without a prompt: as it is for root, through `sudo -n` where sudo asks for no password.
 * @param {NodeJS.ProcessEnv} env
 * @param {number | undefined} userId
 * @returns {readonly string[] | undefined} the words before `apt-get`; nothing where it cannot be run
 */
export function aptPrefix(env, userId) {
  if (!capture('apt-get', ['--version'], { env }).ok) return undefined;
  // sudo and Debian's defaults drop the environment, so the one variable that matters is set on the command line.
  const noPrompt = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  if (userId === 0) return noPrompt;
  return capture('sudo', ['-n', 'true'], { env }).ok ? ['sudo', '-n', ...noPrompt] : undefined;
}

/**
 * The line that a person types to get the same.
 * @param {readonly string[]} packages
 */
export const aptCommandLine = packages =>
  `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;

const install = [
  'install',
  '-y',
  '-q',
  '--no-install-recommends',
  '-o',
  'DPkg::Lock::Timeout=120',
  '-o',
  'Dpkg::Use-Pty=0',
];

/**
 * The command that {@link aptInstall} runs to install, as a line.
 * @param {readonly string[]} packages
 * @param {readonly string[]} prefix from {@link aptPrefix}
 */
export const installCommand = (packages, prefix) => [...prefix, 'apt-get', ...install, ...packages].join(' ');

/**
 * @param {readonly string[]} packages
 * @param {readonly string[]} prefix from {@link aptPrefix}
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} the end of apt's log when it failed
 */
export function aptInstall(packages, prefix, env) {
  const [command = 'env', ...words] = prefix;
  // A failing update (one dead source in the list is enough) may still leave usable lists: installing decides.
  const update = capture(command, [...words, 'apt-get', 'update', '-q'], { env });
  const result = capture(command, [...words, 'apt-get', ...install, ...packages], { env });
  if (result.ok) return undefined;
  return excerpt(update.ok ? result.output : `${update.output}\n${result.output}`, -12);
}
