// The real process: streams, signals, the exit code. Compiled into a directory of its own, so that a stale dist/ cannot
// deceive; inside node_modules, where the compiled code finds its packages.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/frontend/arrays/npy.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let place: string;
let main: string;
let temporary: string;

beforeAll(() => {
  const cache = join(root, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  place = mkdtempSync(join(cache, 'effnetc-main-'));
  temporary = mkdtempSync(join(tmpdir(), 'effnetc-main-'));
  main = join(place, 'dist', 'cli', 'main.js');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  spawnSync(process.execPath, [tsc, '-p', join(root, 'src', 'tsconfig.json'), '--outDir', join(place, 'dist')]);
  copyFileSync(join(root, 'package.json'), join(place, 'package.json'));
  for (const data of ['src', 'targets', 'templates']) symlinkSync(join(root, data), join(place, data));
});

afterAll(() => {
  rmSync(place, { recursive: true, force: true });
  rmSync(temporary, { recursive: true, force: true });
});

const env = () => ({ PATH: process.env.PATH, TMPDIR: temporary });

describe('main', () => {
  it('prints, and exits with the code of the run', () => {
    const version = execFileSync(process.execPath, [main, '--version'], { encoding: 'utf8', env: env() });
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
    const failed = spawnSync(process.execPath, [main, 'explain', 'E9999'], { encoding: 'utf8', env: env() });
    expect(failed.status).toBe(2);
    expect(failed.stderr).toMatch(/^error\[E0907\]/);
  });

  it('is silent when the reader of a pipe has gone', () => {
    const script = `"${process.execPath}" "${main}" explain --json; echo "code $?" >&2`;
    const piped = spawnSync('sh', ['-c', `(${script}) | true`], { encoding: 'utf8', env: env() });
    expect(piped.stderr).toBe('code 0\n');
  });

  it.runIf(existsSync('/dev/full'))('says so when the disk after standard output is full', () => {
    const stdio = ['ignore', openSync('/dev/full', 'w'), 'pipe'] as const;
    const full = spawnSync(process.execPath, [main, 'explain'], { encoding: 'utf8', env: env(), stdio: [...stdio] });
    expect(full.status).toBe(2);
    expect(full.stderr).toMatch(/^effnetc: cannot write to standard output: ENOSPC/);
  });

  it('removes its temporary files when it is interrupted, and exits as shells expect', async () => {
    const bin = join(temporary, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'gcc'), '#!/bin/sh\nexec /bin/sleep 5\n', { mode: 0o755 });
    const child = spawn(process.execPath, [main, 'doctor'], { env: { ...env(), PATH: bin }, stdio: 'ignore' });
    const exit = new Promise(resolve => child.on('exit', resolve));
    const inUse = () => readdirSync(temporary).filter(name => name.startsWith('effnetc-'));
    await expect.poll(inUse, { timeout: 20_000 }).toHaveLength(1);
    child.kill('SIGINT');
    expect(await exit).toBe(130);
    expect(inUse()).toEqual([]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends long work at %s, and writes nothing', async (signal, code) => {
    const example = join(root, 'examples', 'effnet-cifar10');
    const [images, out] = [join(temporary, 'many.npy'), join(temporary, 'q.safetensors')];
    // Minutes of calibration.
    const shape = [4000, 32, 32, 3];
    writeFileSync(
      images,
      writeNpy({
        dtype: 'u8',
        shape,
        data: Uint8Array.from({ length: 4000 * 32 * 32 * 3 }, (_, i) => (i * 37 + (i >> 9)) & 255),
      }),
    );
    const argv = ['quantize', join(example, 'model.ts'), '--weights', join(example, 'effnet_relu.npz')];
    const child = spawn(process.execPath, [main, ...argv, '--calibration', images, '-o', out], { env: env() });
    const exit = new Promise(resolve => child.on('exit', resolve));
    await new Promise(resolve => setTimeout(resolve, 5000));
    expect(child.exitCode).toBeNull();
    const since = Date.now();
    child.kill(signal);
    expect(await exit).toBe(code);
    // Reading the model may stand in between, on a slow machine.
    expect(Date.now() - since).toBeLessThan(10_000);
    expect(existsSync(out)).toBe(false);
  });
});
