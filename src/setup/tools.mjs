// The C toolchain, the emulator and a browser: which there are, and how Debian and Ubuntu call their packages.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from './process.mjs';

/**
 * @typedef {object} Tool
 * @property {string} name the program
 * @property {readonly string[]} [alternatives] programs that do as well
 * @property {string} purpose completes "needed to ..."
 * @property {readonly string[]} packages Debian and Ubuntu packages, complete without their recommended ones
 * @property {(env: NodeJS.ProcessEnv) => boolean} works tries it for real: a compiler without its headers is no compiler
 */

const program = readFileSync(new URL('../../templates/doctor/hello.c', import.meta.url), 'utf8');

/**
 * @param {string} compiler
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
const compiles = (compiler, args, env) =>
  capture(compiler, [...args, '-x', 'c', '-'], { env, input: program, timeoutMs: 60_000 }).ok;

/**
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 */
const answers = (command, env) => capture(command, ['--version'], { env, timeoutMs: 60_000 }).ok;

/**
 * Links with the sanitizers, whose libraries are a package of their own on some systems.
 * @param {NodeJS.ProcessEnv} env
 */
function hostCompilerWorks(env) {
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-setup-'));
  try {
    return compiles('gcc', ['-fsanitize=address,undefined', '-o', join(directory, 'probe')], env);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What Ubuntu and Google call it. */
const otherBrowsers = ['chromium-browser', 'google-chrome'];

/** @type {Readonly<Record<'armCompiler' | 'emulator' | 'hostCompiler' | 'secondCompiler' | 'browser', Tool>>} */
export const tools = {
  armCompiler: {
    name: 'arm-none-eabi-gcc',
    purpose: 'build firmware for Cortex-M',
    // Without recommended packages the compiler comes with libgcc but without <string.h>, which is newlib's.
    packages: ['gcc-arm-none-eabi', 'libnewlib-arm-none-eabi'],
    works: env => compiles('arm-none-eabi-gcc', ['-mcpu=cortex-m4', '-mthumb', '-fsyntax-only'], env),
  },
  emulator: {
    name: 'qemu-system-arm',
    purpose: 'run the firmware in emulation',
    packages: ['qemu-system-arm'],
    works: env => answers('qemu-system-arm', env),
  },
  hostCompiler: {
    name: 'gcc',
    purpose: 'check the generated C on this machine under ASan and UBSan',
    packages: ['gcc', 'libc6-dev'],
    works: hostCompilerWorks,
  },
  secondCompiler: {
    name: 'clang',
    purpose: 'check that a second compiler has no warnings about the generated C',
    packages: ['clang'],
    works: env => compiles('clang', ['-fsyntax-only'], env),
  },
  browser: {
    name: 'chromium',
    alternatives: otherBrowsers,
    purpose: 'test the page of `effnetc report` in a real browser',
    packages: ['chromium'],
    works: env => ['chromium', ...otherBrowsers].some(name => answers(name, env)),
  },
};

/**
 * @param {readonly Tool[]} wanted
 * @param {NodeJS.ProcessEnv} env
 */
export const missingTools = (wanted, env) => wanted.filter(tool => !tool.works(env));

/**
 * @param {readonly Tool[]} missing
 * @returns {string[]} each package once, in a fixed order
 */
export const packagesOf = missing => [...new Set(missing.flatMap(tool => tool.packages))];
