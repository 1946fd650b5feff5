import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, randomModel } from '../../src/pipeline.js';
import { loadTarget } from '../../src/target/load-target.js';
import { warningFlags } from '../../src/toolchain/compiler.js';
import { runProcess } from '../../src/toolchain/process.js';
import { needsTool } from '../emulation/tools.js';

const model = join(packageRoot(), 'examples', 'tiny', 'model.ts');
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'effnetc-entry-'));
  const loaded = await randomModel(model, { seed: 1 }, new Session());
  const { files } = compileModel(loaded, loadTarget('host'), '0.0.0');
  for (const [name, text] of files) writeFileSync(join(directory, name), text);
  copyFileSync(new URL('misuse.c', import.meta.url), join(directory, 'misuse.c'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = async (program: string, args: readonly string[]) => {
  const { outcome, stdout, stderr } = await runProcess(program, args, { cwd: directory, timeoutMs: 60_000 });
  return { code: outcome.kind === 'exited' ? outcome.code : undefined, text: stdout + stderr };
};

describe.skipIf(!needsTool('gcc'))('entry points of the generated C', () => {
  it.each([
    { name: 'static arena', define: [] },
    { name: "the caller's arena", define: ['-DTINY_CALLER_ARENA'] },
  ])('answer to misuse with an error code, and damage nothing: $name', async ({ define }) => {
    const flags = ['-std=c99', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const sources = ['misuse.c', 'tiny.c', 'tiny_weights.c'];
    const built = await run('gcc', [...flags, ...warningFlags, ...define, ...sources, '-o', 'misuse']);
    expect(built).toEqual({ code: 0, text: '' });
    expect(await run('./misuse', [])).toEqual({ code: 0, text: '' });
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
