import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { missingReason } from '../../src/toolchain/tools.js';
import { capture } from './capture.js';

const model = join(packageRoot(), 'examples', 'tiny', 'model.ts');
const commands = ['compile', 'verify', 'profile'] as const;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'effnetc-random-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const compile = (out: string, ...more: readonly string[]) =>
  capture(['compile', model, '--target', 'cortex-m4', '-o', out, ...more], { cwd });
const filesOf = (out: string) =>
  Object.fromEntries(readdirSync(join(cwd, out)).map(file => [file, readFileSync(join(cwd, out, file), 'utf8')]));

describe('compile --random-weights', () => {
  it('says that the weights are random, in text, in JSON and in the C', async () => {
    const { code, stdout, stderr } = await compile('text', '--random-weights');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('\nweights are RANDOM (seed 1): the network is not trained\n');
    const json = JSON.parse((await compile('json', '--random-weights', '7', '--json')).stdout);
    expect(json).toMatchObject({ model: 'tiny', rounding: 'native', weights: 'random', seed: 7 });
    for (const file of ['tiny.h', 'tiny.c']) {
      expect(filesOf('json')[file]).toMatch(/^ \* {3}weights +RANDOM, seed 7: this network is not trained$/m);
    }
  });

  it('writes the same bytes for the same seed, and others for another', async () => {
    for (const [out, seed] of Object.entries({ one: '1', again: '1', other: '2' })) {
      await compile(out, '--random-weights', seed);
    }
    expect(filesOf('again')).toEqual(filesOf('one'));
    const withoutHeader = (text: string) => text.replace(/^ \* {3}weights .*$/m, '');
    expect(withoutHeader(filesOf('other')['tiny_weights.c'])).not.toBe(withoutHeader(filesOf('one')['tiny_weights.c']));
  });

  it('takes the rounding rule from --rounding', async () => {
    await compile('tflite', '--random-weights', '--rounding', 'tflite');
    expect(filesOf('tflite')['tiny.c']).toMatch(/^ \* {3}rounding +tflite$/m);
  });
});

describe('verify and profile --random-weights', () => {
  it.skipIf(missingReason('hostCompiler') !== undefined && process.env.CI !== 'true')(
    'verify on the host',
    async () => {
      const argv = ['verify', model, '--random-weights', '3', '--target', 'host', '--random', '2'];
      const { code, stdout } = await capture([...argv, '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ bitExact: true, vectors: 5, weights: 'random', seed: 3 });
      expect((await capture(argv)).stdout).toContain('\nweights are RANDOM (seed 3): the network is not trained\n');
    },
  );
});

describe.each(commands)('%s', command => {
  const run = (...more: readonly string[]) =>
    capture([command, model, '--target', 'host', ...(command === 'compile' ? ['-o', 'never'] : []), ...more], { cwd });

  it.each([
    '',
    '--random-weights --weights q.safetensors',
    '--weights q.safetensors --random-weights 5',
    '--random-weights many',
    '--random-weights=-1',
    '--random-weights 4294967296',
    '--random-weights model.ts',
  ])('refuses: %s', async more => {
    const { code, stdout, stderr } = await run(...more.split(' ').filter(word => word !== ''));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatchSnapshot();
  });
});

it('commands whose answer needs training do not take it, nor name it', async () => {
  const { code, stderr } = await capture(['run', model, '--input', 'x.png', '--random-weights']);
  expect(code).toBe(2);
  expect(stderr).toContain("unknown option '--random-weights'");
  expect((await capture(['run', model, '--input', 'x.png'])).stderr).not.toContain('random');
});
