import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { missingReason } from '../../src/toolchain/tools.js';
import { capture } from './capture.js';

const model = join(packageRoot(), 'examples', 'tiny', 'model.ts');
const reason = missingReason('armCompiler', 'emulator');
if (reason !== undefined) console.warn(`skipped: ${reason}`);

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'effnetc-report-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const report = (file: string, ...more: readonly string[]) =>
  capture(['report', file, '--random-weights', ...more], { cwd });
const page = (file: string) => readFileSync(join(cwd, file), 'utf8');

describe('effnetc report', () => {
  it('writes one file and says where', async () => {
    const { code, stdout, stderr } = await report(
      model,
      '--target',
      'cortex-m4',
      '--no-profile',
      '-o',
      'out/page.html',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "tiny on cortex-m4: 6 layers, 3,456 MACs, native rounding
        RAM    132 B of arena (row-live bound 148 B, proven least 124 B)
        run    not measured: this page was made with --no-profile
        wrote  out/page.html
      weights are RANDOM (seed 1): the network is not trained
      "
    `);
    expect(readdirSync(join(cwd, 'out'))).toEqual(['page.html']);
    expect(page('out/page.html')).toContain('<title>tiny on cortex-m4: effnetc report</title>');
  });

  it('says so in JSON', async () => {
    const { code, stdout } = await report(model, '--target', 'host', '-o', 'host.html', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      model: 'tiny',
      target: 'host',
      rounding: 'native',
      output: 'host.html',
      macs: 3456,
      ram: { arena: expect.any(Number), bound: expect.any(Number), least: expect.any(Number) },
      flash: { weights: 612, tables: expect.any(Number) },
      accumulators: ['block.pw', 'block.dw1', 'block.dw2', 'block.conv', 'fc'].map(layer => ({
        layer,
        bound: expect.any(Number),
        bits: expect.any(Number),
      })),
      leftOut: [],
      profile: null,
      reason: 'nothing emulates the target host',
      weights: 'random',
      seed: 1,
    });
    expect(page('host.html')).toContain('are not here: nothing emulates the target host.');
  });

  it.skipIf(reason !== undefined && process.env.CI !== 'true')('has the figures of a run', async () => {
    const { stdout } = await report(model, '--target', 'cortex-m4', '-o', 'run.html', '--json');
    const json: { profile: { instructions: number; ram: { stack: number } } } = JSON.parse(stdout);
    expect(json.profile.ram.stack).toBeGreaterThan(0);
    expect(page('run.html')).toContain(`>${json.profile.instructions.toLocaleString('en')}<`);
    expect(page('run.html')).toMatch(/<dt>measured with<\/dt><dd>arm-none-eabi-gcc [\d.]+, qemu-system-arm [\d.]+</);
  });

  it('takes a model whose name is markup', async () => {
    const name = 'a<b>&"c.ts';
    copyFileSync(model, join(cwd, name));
    const { code } = await report(name, '--target', 'cortex-m4', '--no-profile', '-o', 'hostile.html');
    expect(code).toBe(0);
    expect(page('hostile.html')).toContain('<dd>a&lt;b&gt;&amp;&quot;c.ts, SHA-256 ');
    expect(page('hostile.html')).toContain('<td>a&lt;b&gt;&amp;&quot;c.ts:6:13</td>');
    expect(page('hostile.html')).not.toContain('a<b>');
  });

  it('has the same bytes wherever it is made', async () => {
    copyFileSync(model, join(cwd, 'model.ts'));
    await report('model.ts', '--target', 'cortex-m4', '--no-profile', '-o', 'here.html');
    await report(model, '--target', 'cortex-m4', '--no-profile', '-o', 'there.html');
    expect(page('here.html')).toBe(page('there.html'));
  });

  it.each([
    ['-o is missing', ['--target', 'cortex-m4']],
    ['no such target', ['--target', 'cortex-m5', '-o', 'never.html']],
    ['no such place', ['--target', 'cortex-m4', '--no-profile', '-o', 'model.ts/never.html']],
  ])('refuses: %s', async (_, more) => {
    expect(await report(model, ...more)).toMatchObject({ code: 2, stdout: '' });
    expect(readdirSync(cwd)).not.toContain('never.html');
  });
});

describe('effnetc compile', () => {
  const compile = (...more: readonly string[]) =>
    capture(['compile', model, '--random-weights', '--target', 'cortex-m4', '-o', 'c', ...more], { cwd });

  it('draws a memory map, but not when quiet and not in JSON', async () => {
    expect((await compile()).stdout).toMatchSnapshot();
    expect((await compile('--quiet')).stdout).toBe('');
    expect((await compile('--json')).stdout).not.toContain('memory map');
  });
});
