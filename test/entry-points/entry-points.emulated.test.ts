import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, randomModel } from '../../src/pipeline/index.js';
import { loadTarget } from '../../src/target/load-target.js';
import { warningFlags } from '../../src/toolchain/compiler.js';
import { runProcess } from '../../src/toolchain/process.js';
import { needsTool } from '../emulation/tools.js';

const here = fileURLToPath(new URL('.', import.meta.url));
/** The name of each model, its file, and the bytes that it keeps between pushes. */
const models = [
  ['tiny', join(packageRoot(), 'examples', 'tiny', 'model.ts'), 0],
  ['ring', join(here, 'models', 'ring.ts'), 3 * 7 * 3],
  ['staged', join(here, 'models', 'staged.ts'), 9 * 7 * 2],
] as const;
const arenas = [
  ['static arena', false],
  ["the caller's arena", true],
] as const;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'effnetc-entry-'));
  for (const [, model] of models) {
    const loaded = await randomModel(model, { seed: 1 }, new Session());
    const { files } = compileModel(loaded, loadTarget('host'), '0.0.0');
    for (const [name, text] of files) writeFileSync(join(directory, name), text);
  }
  copyFileSync(new URL('misuse.c', import.meta.url), join(directory, 'misuse.c'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = async (program: string, args: readonly string[]) => {
  const { outcome, stdout, stderr } = await runProcess(program, args, { cwd: directory, timeoutMs: 60_000 });
  return { code: outcome.kind === 'exited' ? outcome.code : undefined, text: stdout + stderr };
};

describe.skipIf(!needsTool('gcc'))('entry points of the generated C', () => {
  it.each(models.flatMap(([name, , kept]) => arenas.map(([arena, callers]) => ({ name, kept, arena, callers }))))(
    'answer to misuse with an error code, and damage nothing: $name, $arena',
    async ({ name, kept, callers }) => {
      const prefix = name.toUpperCase();
      const flags = ['-std=c99', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
      const define = [`-DMODEL=${name}`, `-DPREFIX=${prefix}`, '-include', `${name}.h`];
      const arena = callers ? ['-DCALLER_ARENA', `-D${prefix}_CALLER_ARENA`] : [];
      const sources = ['misuse.c', `${name}.c`, `${name}_weights.c`];
      const built = await run('gcc', [...flags, ...warningFlags, ...arena, ...define, ...sources, '-o', 'misuse']);
      expect(built).toEqual({ code: 0, text: '' });
      const { code, text } = await run('./misuse', []);
      expect(code).toBe(0);
      const [arenaBytes, pushBytes] = text.trim().split(' ').map(Number);
      expect(arenaBytes).toBeGreaterThan(0);
      expect(pushBytes).toBe(kept);
    },
  );

  it.each(models)('the header of %s says how much static RAM there is', async name => {
    const header = readFileSync(join(directory, `${name}.h`), 'utf8');
    const bytes = (macro: string) =>
      Number(new RegExp(`#define ${name.toUpperCase()}_${macro} (\\d+)`).exec(header)?.[1]);
    expect((await run('gcc', ['-std=c99', '-O2', '-c', `${name}.c`, '-o', 'ram.o'])).text).toBe('');
    const symbols = (await run('nm', ['-S', 'ram.o'])).text.matchAll(/^\w+ (\w+) [bBdD] /gm);
    const sum = [...symbols].reduce((total, [, size]) => total + Number.parseInt(size, 16), 0);
    expect(sum).toBe(bytes('ARENA_BYTES') + bytes('PUSH_BYTES') + 4);
  });

  it.each([
    ['RAM', 'ARENA_BYTES', 'the static RAM keeps within its limit'],
    ['FLASH', 'CONSTANT_BYTES', 'weights and tables keep within their limit'],
  ])('keep within the limits of a firmware: %s', async (limit, size, message) => {
    const header = readFileSync(join(directory, 'tiny.h'), 'utf8');
    const bytes = Number(new RegExp(`#define TINY_${size} (\\d+)`).exec(header)?.[1]);
    const build = (most: number) =>
      run('gcc', ['-std=c11', '-c', 'tiny.c', '-o', 'limit.o', `-DTINY_MAX_${limit}=${most}`]);
    expect(await build(bytes)).toEqual({ code: 0, text: '' });
    const refused = await build(bytes - 1);
    expect(refused.code).toBe(1);
    expect(refused.text).toContain(`static assertion failed: "${message}"`);
  });

  it('lie where attributes put them', async () => {
    const built = await run('gcc', [
      ...['-std=c99', '-c', 'tiny.c', '-o', 'placed.o'],
      '-DTINY_ARENA_ATTRIBUTE=__attribute__((section(".dtcm"),aligned(32)))',
    ]);
    const weights = await run('gcc', [
      ...['-std=c99', '-c', 'tiny_weights.c', '-o', 'placed_weights.o'],
      '-DTINY_WEIGHTS_ATTRIBUTE=__attribute__((section(".xip")))',
    ]);
    expect([built.text, weights.text]).toEqual(['', '']);
    const sections = (await run('objdump', ['-h', 'placed.o', 'placed_weights.o'])).text;
    expect(sections).toMatch(/\.dtcm\s+00000064.*2\*\*5/);
    expect(sections).toMatch(/\.xip/);
    expect(sections).not.toMatch(/\.rodata\s+0*[1-9a-f]\w* .*\n.*\n.*\.xip/);
  });
});
