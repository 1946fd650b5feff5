import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NumericArray } from '../../src/frontend/arrays/elements.js';
import { writeNpy } from '../../src/frontend/arrays/npy.js';
import { writeSafetensors } from '../../src/frontend/weights/safetensors.js';
import { capture } from '../cli/capture.js';

const model = `import { defineModel, dense, input } from 'effnetc';

export default defineModel('small', () => {
  const x = input({ height: 2, width: 2, channels: 1, scale: 1 / 255, zeroPoint: -128 });
  return dense(x, { name: 'fc', units: 3 });
});
`;

const f32 = (shape: readonly number[], value: (i: number) => number = i => i / 8): NumericArray => ({
  dtype: 'f32',
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i)),
});
const file = (tensors: Readonly<Record<string, NumericArray>>) => writeSafetensors(new Map(Object.entries(tensors)));

const good = { 'fc.weight': f32([3, 4]), 'fc.bias': f32([3]) };
const images: NumericArray = { dtype: 'u8', shape: [2, 2, 2, 1], data: Uint8Array.from([0, 50, 100, 255, 1, 2, 3, 4]) };

/** A safetensors file whose header is the given text, with some data after it. */
function raw(header: string, dataBytes = 64): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const weights: Readonly<Record<string, Uint8Array>> = {
  'missing tensor': file({ 'fc.weight': good['fc.weight'] }),
  'tensor under another name': file({ 'fc1.weight': good['fc.weight'], 'fc.bias': good['fc.bias'] }),
  'tensor too many': file({ ...good, 'optimizer.step': f32([1]) }),
  'wrong shape': file({ ...good, 'fc.weight': f32([3, 5]) }),
  'shape of the other layout': file({ ...good, 'fc.weight': f32([4, 3]) }),
  'not a number': file({ ...good, 'fc.bias': f32([3], i => (i === 1 ? Number.NaN : 0)) }),
  infinite: file({ ...good, 'fc.weight': f32([3, 4], i => (i === 5 ? Number.POSITIVE_INFINITY : 0)) }),
  truncated: file(good).slice(0, -5),
  'header longer than the file': raw('{}').fill(0xff, 0, 6),
  'header is no JSON': raw('{"a": '),
  'ranges overlap': raw(
    '{"fc.weight":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]},"fc.bias":{"dtype":"F32","shape":[3],"data_offsets":[40,52]}}',
    52,
  ),
  'range beyond the file': raw('{"fc.weight":{"dtype":"F32","shape":[3,4],"data_offsets":[0,48]}}', 8),
  'empty file': new Uint8Array(0),
  'text file': new TextEncoder().encode('weights, honestly'),
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'effnetc-reject-'));
  writeFileSync(join(directory, 'model.ts'), model);
  writeFileSync(join(directory, 'images.npy'), writeNpy(images));
  writeFileSync(join(directory, 'good.safetensors'), file(good));
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = async (...argv: string[]) => {
  const result = await capture(argv, { cwd: directory });
  return { ...result, stderr: result.stderr.replaceAll(`${directory}/`, '') };
};
const quantize = (name: string, calibration = 'images.npy') =>
  run('quantize', 'model.ts', '--weights', name, '--calibration', calibration, '-o', 'q.safetensors');

describe('weights that are refused, as the user sees it', () => {
  it.each(['fd=4', 'fc=5', 'fc'])('narrow weights by %s', async rules => {
    const { code, stderr } = await run(
      ...[
        'quantize',
        'model.ts',
        '--weights',
        'good.safetensors',
        '--calibration',
        'images.npy',
        '-o',
        'q.safetensors',
      ],
      ...['--weight-bits', rules],
    );
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });

  it.each(Object.keys(weights))('%s', async name => {
    writeFileSync(join(directory, 'w.safetensors'), weights[name]);
    const { code, stderr } = await quantize('w.safetensors');
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });

  it('no such file', async () => {
    const { code, stderr } = await quantize('nowhere.npz');
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });

  it('float weights where quantised ones are needed', async () => {
    const { code, stderr } = await run(
      'compile',
      'model.ts',
      '--weights',
      'good.safetensors',
      '--target',
      'host',
      '-o',
      'out',
    );
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });

  it('quantised weights where float ones are needed', async () => {
    expect((await quantize('good.safetensors')).code).toBe(0);
    const { code, stderr } = await quantize('q.safetensors');
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });
});

describe('a batch norm that cannot be computed', () => {
  it('variance below zero', async () => {
    writeFileSync(
      join(directory, 'norm.ts'),
      model
        .replace('return dense(x,', "return dense(batchNorm(x, { name: 'bn' }),")
        .replace('dense,', 'batchNorm, dense,'),
    );
    const one = (value: number) => f32([1], () => value);
    const norm = { 'bn.weight': one(1), 'bn.bias': one(0), 'bn.running_mean': one(0), 'bn.running_var': one(-0.25) };
    writeFileSync(join(directory, 'w.safetensors'), file({ ...good, ...norm }));
    const argv = ['--weights', 'w.safetensors', '--calibration', 'images.npy', '-o', 'q.safetensors'];
    const { code, stderr } = await run('quantize', 'norm.ts', ...argv);
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });
});

describe('a model that was changed after it was quantised', () => {
  const before = `import { activation, conv, defineModel, dense, input, maxPool } from 'effnetc';

export default defineModel('small', () => {
  let x = input({ height: 4, width: 2, channels: 1, scale: 1 / 255, zeroPoint: -128 });
  x = conv(x, { name: 'c', channels: 2, kernel: [1, 2], padding: { left: 1 } });
  x = activation(x, { name: 'act', kind: 'relu6' });
  x = maxPool(x, { name: 'pool', kernel: [2, 1] });
  return dense(x, { name: 'fc', units: 3 });
});
`;
  const tensors = { 'c.weight': f32([2, 1, 1, 2]), 'c.bias': f32([2]), 'fc.weight': f32([3, 8]), 'fc.bias': f32([3]) };
  const compile = () => run('compile', 'small.ts', '--weights', 'q.safetensors', '--target', 'host', '-o', 'out');

  it.each([
    ['scale of the input', '1 / 255, zeroPoint: -128', '1 / 64, zeroPoint: 0'],
    ['scale of the input not declared any more', ', scale: 1 / 255, zeroPoint: -128', ''],
    ['activation', "kind: 'relu6'", "kind: 'relu'"],
    ['padding', 'left: 1', 'right: 1'],
    ['window of a pool', 'kernel: [2, 1]', 'kernel: [3, 1], stride: [2, 1], padding: { top: 1 }'],
    ['name of a pool', "name: 'pool'", "name: 'another'"],
  ])('%s', async (_name, old, changed) => {
    writeFileSync(join(directory, 'small.ts'), before);
    writeFileSync(join(directory, 'w.safetensors'), file(tensors));
    writeFileSync(join(directory, 'four.npy'), writeNpy({ ...images, shape: [1, 4, 2, 1] }));
    const argv = ['--weights', 'w.safetensors', '--calibration', 'four.npy', '-o', 'q.safetensors'];
    expect((await run('quantize', 'small.ts', ...argv)).code).toBe(0);
    expect((await compile()).code).toBe(0);
    writeFileSync(join(directory, 'small.ts'), before.replace(old, changed));
    const { code, stderr } = await compile();
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
  });
});

describe('numbers that leave floating point', () => {
  const normModel = model
    .replace('return dense(x,', "return dense(batchNorm(x, { name: 'bn', epsilon: 1e-300 }),")
    .replace('dense,', 'batchNorm, dense,');
  const one = (value: number) => f32([1], () => value);
  const norm = (gamma: number) => ({
    'bn.weight': one(gamma),
    'bn.bias': one(0),
    'bn.running_mean': one(0),
    'bn.running_var': one(0),
  });
  const zeros = { 'fc.weight': f32([3, 4], () => 0), 'fc.bias': f32([3]) };
  it.each([
    ['weights of 1e38', model, { ...good, 'fc.weight': f32([3, 4], () => 3e38) }],
    ['a bias of 1e38', model, { ...good, 'fc.bias': f32([3], () => 1e38) }],
    ['variance and epsilon of zero', normModel, { ...good, ...norm(1) }],
    ['variance and epsilon of zero, gamma too', normModel, { ...good, ...norm(0) }],
    ['nothing but zeros', model, zeros],
  ])('%s', async (_name, text, tensors) => {
    writeFileSync(join(directory, 'finite.ts'), text);
    writeFileSync(join(directory, 'w.safetensors'), file(tensors));
    const argv = ['--weights', 'w.safetensors', '--calibration', 'images.npy', '-o', 'q.safetensors'];
    const { code, stderr } = await run('quantize', 'finite.ts', ...argv);
    expect(`\n${code}\n${stderr}`).toMatchSnapshot();
  });

  it('calibration images of 1e38', async () => {
    writeFileSync(join(directory, 'huge.npy'), writeNpy(f32([2, 2, 2, 1], () => 1e38)));
    writeFileSync(join(directory, 'w.safetensors'), file({ ...good, 'fc.weight': f32([3, 4], () => 2) }));
    const { code, stderr } = await quantize('w.safetensors', 'huge.npy');
    expect(`\n${code}\n${stderr}`).toMatchSnapshot();
  });
});

describe('command lines that are refused', () => {
  it.each([
    ['no weights', 2, ['compile', 'model.ts', '--target', 'host', '-o', 'out']],
    ['unknown target', 2, ['compile', 'model.ts', '--weights', 'q.safetensors', '--target', 'cortex-m5', '-o', 'out']],
    [
      'over --max-ram',
      1,
      ['compile', 'wide.ts', '--weights', 'wide.safetensors', '--target', 'host', '--max-ram', '64', '-o', 'out'],
    ],
    [
      'over --max-flash',
      1,
      ['compile', 'model.ts', '--weights', 'q.safetensors', '--target', 'host', '--max-flash', '10', '-o', 'out'],
    ],
    [
      'calibration of another shape',
      2,
      ['quantize', 'model.ts', '--weights', 'good.safetensors', '--calibration', 'wrong.npy', '-o', 'x.safetensors'],
    ],
    [
      'images without labels',
      2,
      ['evaluate', 'model.ts', '--weights', 'q.safetensors', '--images', 'images.npy', '--labels', 'one.npy'],
    ],
    ['model is not there', 2, ['run', 'other.ts', '--weights', 'q.safetensors', '--input', 'images.npy']],
  ] as const)('%s', async (_name, exitCode, argv) => {
    writeFileSync(join(directory, 'wrong.npy'), writeNpy({ ...images, shape: [1, 2, 4, 1] }));
    writeFileSync(join(directory, 'one.npy'), writeNpy({ dtype: 'u8', shape: [1], data: Uint8Array.of(1) }));
    writeFileSync(
      join(directory, 'wide.ts'),
      model
        .replace('dense }', 'x }')
        .replace('dense, input', 'conv, dense, input')
        .replace('return dense(x,', "return dense(conv(x, { name: 'c', channels: 32, kernel: 1 }),")
        .replace("'small'", "'wide'"),
    );
    writeFileSync(
      join(directory, 'wide-float.safetensors'),
      file({ 'c.weight': f32([32, 1, 1, 1]), 'c.bias': f32([32]), 'fc.weight': f32([3, 128]), 'fc.bias': f32([3]) }),
    );
    await quantize('good.safetensors');
    await run(
      'quantize',
      'wide.ts',
      '--weights',
      'wide-float.safetensors',
      '--calibration',
      'images.npy',
      '-o',
      'wide.safetensors',
    );
    const { code, stderr } = await run(...argv);
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(exitCode);
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  });
});
