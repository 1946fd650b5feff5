import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NumericArray } from '../../src/frontend/arrays/elements.js';
import { writeSafetensors } from '../../src/frontend/weights/safetensors.js';
import { modelText, Workspace } from './workspace.js';

const user = new Workspace();

/** A conv of 16 filters, 5 of them zero, before a dense layer: 12 channels stay for a Cortex-M4, which takes 4 at a time. */
beforeAll(async () => {
  const body = "dense(activation(conv(x, { name: 'c', channels: 16, kernel: 1 }), 'relu'), { name: 'fc', units: 3 })";
  user.write('model.ts', modelText(body));
  const value = (i: number) => ((i * 7) % 11) / 11 - 0.45;
  const filled = (shape: readonly number[], zero: (i: number) => boolean, more = 0): NumericArray => ({
    dtype: 'f32',
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (zero(i) ? 0 : value(i) + more)),
  });
  const pruned = (i: number) => i % 3 === 1;
  const tensors: Readonly<Record<string, NumericArray>> = {
    'c.weight': filled([16, 1, 1, 1], pruned),
    // The relu lets all others through.
    'c.bias': filled([16], pruned, 1),
    'fc.weight': filled([3, 256], () => false),
    'fc.bias': filled([3], () => false),
  };
  user.write('w.safetensors', writeSafetensors(new Map(Object.entries(tensors))));
  user.array(
    'x.npy',
    [5, 4, 4, 1],
    Uint8Array.from({ length: 80 }, (_, i) => (i * 37) & 255),
  );
  const quantised = await user.run('quantize model.ts --weights w.safetensors --calibration x.npy -o q.safetensors');
  expect(quantised.stderr).not.toContain('error');
});

afterAll(() => user.remove());

const model = 'model.ts --weights q.safetensors --target cortex-m4';

describe('channels of zeros', () => {
  it('are left out by compile, which says of which layers', async () => {
    const { stdout } = await user.run(`compile ${model} -o out --json`);
    const json = JSON.parse(stdout);
    expect(json.leftOut).toEqual([
      {
        name: 'c',
        channels: { before: 16, after: 12 },
        macs: { before: 256, after: 192 },
        weights: { before: 16, after: 12 },
      },
      {
        name: 'fc',
        channels: { before: 3, after: 3 },
        macs: { before: 768, after: 576 },
        weights: { before: 768, after: 576 },
      },
    ]);
    expect(json.macs).toBe(768);
    expect(json.accumulators.map(({ layer }: { layer: string }) => layer)).toEqual(['c', 'fc']);
    for (const { bound, bits } of json.accumulators) expect(2 ** (bits - 1)).toBeGreaterThan(bound);
    const line = 'left out: 4 channels, 196 weights and 256 MACs of 2 layers';
    const text = (await user.run(`compile ${model} -o out`)).stdout;
    expect(text).toContain(`  ${line}; the result is the same, byte for byte\n`);
    expect(text).toMatch(/ {2}\|acc\| {2}at most \d\d bits of 32, in layer fc\n/);
    expect(user.read('out/small.c')).toContain('left out   4 channels, 196 weights and 256 MACs of 2 layers');
  });

  it('stay with --keep-channels, and the C says how it was made', async () => {
    const { stdout } = await user.run(`compile ${model} --keep-channels -o kept --json`);
    const json = JSON.parse(stdout);
    expect(json).not.toHaveProperty('leftOut');
    expect(json.macs).toBe(1024);
    const [, command = ''] = /^ \* {3}command {4}effnetc (.*)$/m.exec(user.read('kept/small.c')) ?? [];
    expect(command).toContain(' --keep-channels -o .');
    expect((await user.run(command)).code).toBe(0);
    expect(user.read('small.c')).toBe(user.read('kept/small.c'));
  });

  it('are shown by report', async () => {
    expect((await user.run(`report ${model} --no-profile -o less.html`)).stdout).toContain('left out: 4 channels');
    const row =
      '<tr><th scope="row">c</th><td class="n">12</td><td class="n">16</td><td class="n">12</td><td class="n">16</td><td class="n">192</td><td class="n">256</td></tr>';
    expect(user.read('less.html')).toContain(row);
    await user.run(`report ${model} --no-profile --keep-channels -o all.html`);
    expect(user.read('all.html')).not.toContain('id="reduced"');
  });

  it('are no matter to verify: all channels say what the outputs are', async () => {
    const { stdout, code } = await user.run(`verify ${model} --driver host --random 3 --json`);
    const json = JSON.parse(stdout);
    expect(json.leftOut).toHaveLength(2);
    if (json.drivers[0].status === 'skipped') return console.warn(`skipped: ${json.drivers[0].reason}`);
    expect(json.drivers).toEqual([{ name: 'host', status: 'equal' }]);
    expect(code).toBe(0);
  });
});
