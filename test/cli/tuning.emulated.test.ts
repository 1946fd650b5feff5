import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';
import { needsTool } from '../emulation/tools.js';
import { capture } from './capture.js';

const here = needsTool('arm-none-eabi-gcc') && needsTool('qemu-system-arm');
const model = join(packageRoot(), 'examples', 'tiny', 'model.ts');

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'effnetc-tuning-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (command: string, ...more: readonly string[]) =>
  capture([command, model, '--random-weights', '--target', 'cortex-m4', ...more], { cwd });

const tuning = z.object({ tuning: z.object({ figures: z.int().positive(), counted: z.int(), sha256: z.string() }) });
const filesIn = (directory: string) =>
  readdirSync(join(cwd, directory)).map(name => [name, readFileSync(join(cwd, directory, name), 'utf8')]);

describe.skipIf(!here)('--tune', () => {
  it('counts what is not in the cache, and nothing with a cache that has all; the C is the same', async () => {
    const first = await run('compile', '--tune-cache', 'tuned.json', '-o', 'a', '--json');
    const one = tuning.parse(JSON.parse(first.stdout)).tuning;
    expect(one.counted).toBe(one.figures);
    const cache = readFileSync(join(cwd, 'tuned.json'), 'utf8');
    const second = await run('compile', '--tune-cache', 'tuned.json', '-o', 'b', '--json');
    expect(tuning.parse(JSON.parse(second.stdout)).tuning).toEqual({ ...one, counted: 0 });
    expect(readFileSync(join(cwd, 'tuned.json'), 'utf8')).toBe(cache);
    expect(filesIn('b')).toEqual(filesIn('a'));
    expect(filesIn('a').flat().join('\n')).toMatch(new RegExp(`tuned +.*${one.figures} figures.*${one.sha256}`));
  }, 300_000);

  it('needs neither compiler nor emulator then', async () => {
    const saved = { ...process.env };
    Object.assign(process.env, { EFFNETC_ARM_GCC: '/nowhere/gcc', EFFNETC_QEMU: '/nowhere/qemu' });
    try {
      const with_ = await run('compile', '--tune-cache', 'tuned.json', '-o', 'c', '--json');
      expect(with_.code).toBe(0);
      expect(filesIn('c')).toEqual(filesIn('a'));
      const without = await run('compile', '--tune', '-o', 'd', '--json');
      expect(without.code).toBe(3);
    } finally {
      process.env = saved;
    }
  }, 120_000);

  it('believes the figures of the cache', async () => {
    const cache = JSON.parse(readFileSync(join(cwd, 'tuned.json'), 'utf8'));
    const layer = cache.figures[0].layer;
    const own = cache.figures.filter((each: { layer: string }) => each.layer === layer);
    expect(own.length).toBeGreaterThan(1);
    // The slowest becomes the fastest.
    const slowest = own.reduce((a: { instructions: number }, b: { instructions: number }) =>
      b.instructions > a.instructions ? b : a,
    );
    slowest.instructions = 1;
    writeFileSync(join(cwd, 'other.json'), JSON.stringify(cache));
    const { stdout } = await run('profile', '--tune-cache', 'other.json', '--explain', '--no-counts', '--json');
    const { explain } = JSON.parse(stdout);
    const taken = explain.filter(({ why }: { why: string }) => why === 'fewest instructions, measured');
    expect(taken.map(({ kernel }: { kernel: string }) => kernel)).toContain(slowest.kernel);
  }, 300_000);

  it('refuses a cache that is none, and leaves it as it is', async () => {
    writeFileSync(join(cwd, 'broken.json'), '{"effnetc": ');
    const { code, stderr } = await run('compile', '--tune-cache', 'broken.json', '-o', 'e');
    expect(code).toBe(2);
    expect(stderr).toContain('error[E0915]');
    expect(readFileSync(join(cwd, 'broken.json'), 'utf8')).toBe('{"effnetc": ');
  });
});

const explained = z.array(
  z.strictObject({
    layer: z.string(),
    op: z.string(),
    kernel: z.string(),
    why: z.string().min(1),
    predicted: z.int().nullable(),
    measured: z.int().positive(),
    candidates: z
      .array(
        z.strictObject({
          kernel: z.string(),
          chosen: z.boolean(),
          predicted: z.int().nullable(),
          codeBytes: z.int().nullable(),
          tableBytes: z.int(),
          scratchBytes: z.int(),
          why: z.string(),
        }),
      )
      .min(1),
    unsuited: z.array(z.strictObject({ kernel: z.string(), reason: z.string().min(1) })),
  }),
);

describe.skipIf(!here)('profile --explain', () => {
  it('has every layer, with one kernel taken and what that was measured to need', async () => {
    const { stdout } = await run('profile', '--explain', '--no-counts', '--json');
    const report = JSON.parse(stdout);
    const explain = explained.parse(report.explain);
    expect(explain.map(({ layer, measured }) => [layer, measured])).toEqual(
      report.layers.map(({ name, instructions }: { name: string; instructions: number }) => [name, instructions]),
    );
    for (const { kernel, candidates } of explain) {
      expect(candidates.filter(({ chosen }) => chosen).map(each => each.kernel)).toEqual([kernel]);
    }
  }, 120_000);

  it('is a table in text, and absent where nobody asks', async () => {
    const text = (await run('profile', '--explain', '--no-counts')).stdout;
    expect(text).toMatch(/^layer +kernel +predicted +measured +off +code B +tables B +scratch B +why$/m);
    expect(text).toMatch(/fewest instructions/);
    expect(text).toMatch(/does not suit: /);
    expect((await run('profile', '--no-counts')).stdout).not.toMatch(/scratch B/);
  }, 120_000);
});
