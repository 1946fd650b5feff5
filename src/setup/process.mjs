// Running other programs. Node built-ins only: nothing is installed yet when this runs.
import { spawn, spawnSync } from 'node:child_process';

/**
 * @typedef {object} Finished
 * @property {boolean} ok exit code 0
 * @property {number} code exit code; 127 when the program could not be started, 128 + n after a signal
 * @property {string} output standard output and error, as they came
 */

/**
 * Runs a program quietly and keeps what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string, timeoutMs?: number }} [options]
 * @returns {Finished}
 */
export function capture(command, args, options = {}) {
  const child = spawnSync(command, args, {
    cwd: options.cwd,
    env: options.env,
    input: options.input ?? '',
    timeout: options.timeoutMs,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  // A child that does not read its input also sets `error` (EPIPE), so the exit code goes first where there is one.
  const code = child.status ?? (child.error ? 127 : 128);
  return { ok: code === 0, code, output: `${child.stdout ?? ''}${child.stderr ?? ''}${child.error?.message ?? ''}` };
}

/**
 * Runs a program that talks to the user itself, and waits for it. Ctrl-C reaches the child through the terminal; we
 * stay until it has cleaned up.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} the exit code
 */
export function passThrough(command, args, options = {}) {
  return new Promise(resolve => {
    const wait = () => {};
    process.on('SIGINT', wait);
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: 'inherit' });
    const end = (/** @type {number} */ code) => {
      process.off('SIGINT', wait);
      resolve(code);
    };
    child.on('error', error => {
      process.stderr.write(`effnetc: cannot run ${command}: ${error.message}\n`);
      end(127);
    });
    child.on('exit', (code, signal) => end(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/**
 * A part of a log, indented, for a message about a failure.
 * @param {string} output
 * @param {number} start as in `Array.slice`: 0 for the first lines, -n for the last n
 * @param {number} [end]
 */
export function excerpt(output, start, end) {
  return output
    .trim()
    .split('\n')
    .slice(start, end)
    .map(line => `    ${line}`)
    .join('\n');
}
