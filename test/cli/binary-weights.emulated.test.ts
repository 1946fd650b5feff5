import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NumericArray } from '../../src/frontend/arrays/elements.js';
import { writeSafetensors } from '../../src/frontend/weights/safetensors.js';
import { readWeightsFile } from '../../src/frontend/weights/weights-file.js';
import { Random } from '../../src/numeric/random.js';
import { Workspace } from './workspace.js';

const model = `import { activation, avgPool, batchNorm, binaryConv, conv, defineModel, dense, input, maxPool } from 'effnetc';

export default defineModel('binary', () => {
  let x = input({ height: 12, width: 12, channels: 3, scale: 1 / 255, zeroPoint: -128 });
  x = activation(conv(x, { name: 'stem', channels: 6, kernel: 3, padding: 'same' }), 'relu');
  x = batchNorm(binaryConv(x, { name: 'first', channels: 9, kernel: 3, bias: false }), { name: 'first.bn' });
  x = maxPool(activation(x, 'relu'), { kernel: 2 });
  x = activation(binaryConv(x, { name: 'second', channels: 16, kernel: [2, 1] }), 'relu');
  return dense(avgPool(x), { name: 'fc', units: 10 });
});
`;

/** Trained as such networks are: a filter has one magnitude. The last one of `second` has nothing but zeros. */
function binaryWeights(random: Random, shape: readonly number[]): Float32Array {
  const [channels] = shape;
  const perChannel = shape.reduce((a, b) => a * b, 1) / channels;
  const scales = Array.from({ length: channels }, (_, o) => (o === 15 ? 0 : random.uniform(0.1, 0.6)));
  return Float32Array.from({ length: channels * perChannel }, (_, i) => {
    const scale = scales[Math.floor(i / perChannel)];
    return random.word() % 2 === 0 ? scale : -scale;
  });
}

const random = new Random('binary');
const uniform = (shape: readonly number[], low: number, high: number): NumericArray => ({
  dtype: 'f32',
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.uniform(low, high)),
});
const binary = (shape: readonly number[]): NumericArray => ({
  dtype: 'f32',
  shape,
  data: binaryWeights(random, shape),
});
const tensors: Readonly<Record<string, NumericArray>> = {
  'stem.weight': uniform([6, 3, 3, 3], -0.4, 0.4),
  'stem.bias': uniform([6], -0.2, 0.4),
  'first.weight': binary([9, 6, 3, 3]),
  'first.bn.weight': uniform([9], -1.5, 1.5),
  'first.bn.bias': uniform([9], -0.5, 0.5),
  'first.bn.running_mean': uniform([9], -0.5, 0.5),
  'first.bn.running_var': uniform([9], 0.5, 2),
  'second.weight': binary([16, 9, 2, 1]),
  'second.bias': uniform([16], -0.2, 0.4),
  'fc.weight': uniform([10, 16], -0.5, 0.5),
  'fc.bias': uniform([10], -0.5, 0.5),
};

const quantize = 'quantize model.ts --weights w.safetensors --calibration x.npy -o q.safetensors';
const build = 'model.ts --weights q.safetensors --target cortex-m4 --json';

describe('a binary-weight network', () => {
  const user = new Workspace();
  const weightsOf = (file: string, layer: string) =>
    readWeightsFile(join(user.directory, file)).tensors.get(`${layer}.weight`)?.data ?? expect.fail('no weights');
  beforeAll(async () => {
    user.write('model.ts', model);
    user.write('w.safetensors', writeSafetensors(new Map(Object.entries(tensors))));
    const images = new Random('images');
    user.array(
      'x.npy',
      [8, 12, 12, 3],
      Uint8Array.from({ length: 8 * 432 }, (_, i) => (images.word() % 128) + (i % 128)),
    );
    const { code, stderr } = await user.run(quantize);
    expect(stderr).not.toContain('error');
    expect(code).toBe(0);
  });
  afterAll(() => user.remove());

  it('is quantised to the signs that it was trained with', () => {
    const { data: trained } = tensors['second.weight'];
    // From OIHW of the file to OHWI.
    const signs = Array.from(weightsOf('q.safetensors', 'second'), (_, i) => {
      const [o, y, c] = [Math.floor(i / 18), Math.floor(i / 9) % 2, i % 9];
      return Math.sign(trained[(o * 9 + c) * 2 + y]);
    });
    expect([...weightsOf('q.safetensors', 'second')].slice(0, 15 * 18)).toEqual(signs.slice(0, 15 * 18));
    for (const layer of ['first', 'second'])
      expect(new Set(weightsOf('q.safetensors', layer))).toEqual(new Set([-1, 1]));
  });

  it('computes the same everywhere, with a bit of flash for each weight', async () => {
    const { drivers, bitExact } = JSON.parse((await user.run(`verify ${build} --random 6`)).stdout);
    expect(bitExact).toBe(true);
    expect(drivers.length).toBeGreaterThan(0);
    const { flash } = JSON.parse((await user.run(`compile ${build} -o out`)).stdout);
    // Of the binary layers 9 * 54 and 16 * 18 bits, filled up to words and pairs of channels; the others have int8.
    expect(flash.weights).toBeLessThan(6 * 32 + 10 * 16 + (10 * 64 + 16 * 32) / 8 + 16);
  });

  it('--weight-bits says otherwise, and --random-weights goes by the model', async () => {
    await user.run(`${quantize.replace('q.safe', 'wide.safe')} --weight-bits second=8`);
    expect(Math.max(...weightsOf('wide.safetensors', 'second'))).toBe(127);
    expect(new Set(weightsOf('wide.safetensors', 'first'))).toEqual(new Set([-1, 1]));
    const { flash } = JSON.parse((await user.run(`compile ${build} -o out`)).stdout);
    const made = await user.run('compile model.ts --random-weights 3 --target cortex-m4 --json -o out2');
    expect(JSON.parse(made.stdout).flash.weights).toBe(flash.weights);
  });

  it('a model that declares another width is another model', async () => {
    user.write('model.ts', model.replace("binaryConv(x, { name: 'second'", "conv(x, { name: 'second'"));
    const { stderr, code } = await user.run(`compile ${build} -o out`);
    expect(code).toBe(2);
    expect(stderr).toContain('E0313');
    expect(stderr).toContain('weightBits: 1');
  });
});
