import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/frontend/arrays/npy.js';
import { writeSafetensors } from '../../src/frontend/weights/safetensors.js';
import { packageRoot } from '../../src/package-root.js';
import { randomBytes } from '../../src/run/vectors.js';
import { capture } from '../cli/capture.js';

const names = ['tiny.h', 'tiny.c', 'tiny_weights.h', 'tiny_weights.c'];

/** Weights of examples/tiny, made up but always the same. */
function tinyWeights(): Uint8Array {
  const shapes: Readonly<Record<string, readonly number[]>> = {
    'block.pw.0.weight': [4, 3, 1, 1],
    'block.dw1.0.weight': [4, 1, 1, 3],
    'block.dw2.0.weight': [4, 1, 3, 1],
    'block.conv.0.weight': [8, 4, 2, 1],
    'fc.weight': [4, 128],
    'fc.bias': [4],
  };
  for (const [stage, channels] of Object.entries({ pw: 4, dw1: 4, dw2: 4, conv: 8 })) {
    for (const role of ['weight', 'bias', 'running_mean', 'running_var']) {
      Object.assign(shapes, { [`block.${stage}.1.${role}`]: [channels] });
    }
  }
  const tensors = Object.entries(shapes).map(([name, shape], seed) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const offset = name.endsWith('running_var') || name.endsWith('1.weight') ? 1.5 : 0;
    const data = Float32Array.from(randomBytes(count, seed + 1), b => (b - 128) / 128 + offset);
    return [name, { dtype: 'f32', shape, data }] as const;
  });
  return writeSafetensors(new Map(tensors));
}

describe('the C of examples/tiny', () => {
  let root: string;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'effnetc-golden-'));
    for (const copy of ['one', 'another/place']) {
      const cwd = join(root, copy);
      mkdirSync(cwd, { recursive: true });
      cpSync(join(packageRoot(), 'examples', 'tiny', 'model.ts'), join(cwd, 'model.ts'));
      writeFileSync(join(cwd, 'float.safetensors'), tinyWeights());
      const images = { dtype: 'u8', shape: [4, 8, 8, 3], data: randomBytes(4 * 192, 99) } as const;
      writeFileSync(join(cwd, 'images.npy'), writeNpy(images));
      const quantize = ['quantize', 'model.ts', '--weights', 'float.safetensors', '--calibration', 'images.npy'];
      // Most channels of weights that nobody trained say nothing, and would be left out.
      const compile = ['compile', 'model.ts', '--weights', 'q.safetensors', '--target', 'cortex-m4'];
      for (const argv of [
        [...quantize, '-o', 'q.safetensors'],
        [...compile, '--keep-channels', '-o', 'out'],
      ]) {
        const { code, stderr } = await capture(argv, { cwd });
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      }
    }
  });
  afterAll(() => rmSync(root, { recursive: true }));

  // Read these files as a user would. `npm run vitest -- test/golden -u` writes them.
  it.each(names)('%s', async name => {
    await expect(readFileSync(join(root, 'one', 'out', name), 'utf8')).toMatchFileSnapshot(join('c', 'tiny', name));
  });

  it('is the same, byte for byte, from another directory', () => {
    expect(readdirSync(join(root, 'one', 'out')).sort()).toEqual([...names].sort());
    for (const file of [...names.map(name => join('out', name)), 'q.safetensors']) {
      expect(readFileSync(join(root, 'one', file)).equals(readFileSync(join(root, 'another/place', file)))).toBe(true);
    }
  });
});
