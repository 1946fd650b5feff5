import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from '../cli/workspace.js';
import { qlinear, residual, shuffled } from '../onnx/networks.js';
import { floats, int64s, type ModelSpec, type TensorSpec, writeOnnx } from '../onnx/write-onnx.js';

const user = new Workspace();
afterAll(() => user.remove());

const plain = shuffled();
const int8 = residual('INT8');

const withConstant = (network: ModelSpec, name: string, change: Partial<TensorSpec>): ModelSpec => ({
  ...network,
  constants: { ...network.constants, [name]: { ...network.constants[name], ...change } },
});

const withInput = (change: Partial<ModelSpec['inputs'][number]>): ModelSpec => ({
  ...plain,
  inputs: [{ ...plain.inputs[0], ...change }],
});

const networks: Readonly<Record<string, ModelSpec>> = {
  // Nodes that are not imported, options that are not, and one that only reads what was refused.
  'nodes.onnx': {
    inputs: [{ name: 'x', dims: [1, 4, 6, 6] }],
    outputs: [{ name: 'y' }],
    nodes: [
      { kind: 'LRN', name: '/up/Resize', inputs: ['x'], outputs: ['a'] },
      { kind: 'Relu', inputs: ['a'], outputs: ['b'] },
      { kind: 'LSTM', inputs: ['b'], outputs: ['c'] },
      { kind: 'Swizzle', domain: 'acme', inputs: ['c'], outputs: ['d'] },
      { kind: 'Transpose', inputs: ['x'], outputs: ['e'], attributes: { perm: [0, 1, 3, 2] } },
      { kind: 'Relu', inputs: ['e'], outputs: ['f'] },
      { kind: 'ReduceMean', inputs: ['x'], outputs: ['g'], attributes: { axes: [1] } },
      { kind: 'Clip', inputs: ['x'], outputs: ['h'], attributes: { min: { float: -3 }, max: { float: 4 } } },
      { kind: 'Reshape', inputs: ['x', 'odd'], outputs: ['i'] },
      { kind: 'Concat', inputs: ['x', 'x'], outputs: ['j'], attributes: { axis: 3 } },
      { kind: 'Add', inputs: ['x', 'full'], outputs: ['k'] },
      { kind: 'Sum', inputs: ['d', 'k'], outputs: ['y'] },
    ],
    constants: { odd: int64s(1, 9, 16, 1), full: floats(new Array<number>(6).fill(1), [6]) },
  },
  'external.onnx': withConstant(plain, 'w', { external: true }),
  'half.onnx': withConstant(plain, 'w', { type: 'FLOAT16' }),
  'short.onnx': withConstant(plain, 'w', { values: [1, 2, 3] }),
  'nan.onnx': withConstant(plain, 'w', { values: new Array<number>(32).fill(Number.NaN) }),
  'dynamic.onnx': withInput({ dims: ['batch', 4, 'height', 6] }),
  'batch.onnx': withInput({ dims: [8, 4, 5, 6] }),
  'type.onnx': withInput({ type: 'INT64' }),
  'inputs.onnx': { ...plain, inputs: [...plain.inputs, { name: 'x2', dims: [1, 4, 5, 6] }] },
  'outputs.onnx': { ...plain, outputs: [...plain.outputs, { name: 'g' }] },
  'no-scale.onnx': {
    ...int8,
    nodes: int8.nodes
      .filter(({ outputs }) => !/^(c2|sum)[.]/.test(outputs[0]))
      .map(node => ({ ...node, inputs: node.inputs.map(name => name.replace(/^(c2|sum)\.dq$/, '$1')) })),
  },
  'scale.onnx': withConstant(int8, 'r1.scale', { values: [-0.5] }),
  'int16.onnx': withConstant(int8, 'r1.zero', { type: 'INT32', values: [0] }),
  'weights.onnx': withConstant(withConstant(qlinear(), 'w2', { values: new Array<number>(20).fill(255) }), 'w2.zero', {
    values: [0],
  }),
  'float.onnx': plain,
  'network.onnx': int8,
};

describe('an .onnx that is refused, as the user sees it', () => {
  beforeAll(() => {
    for (const [name, network] of Object.entries(networks)) user.write(name, writeOnnx(network));
    const sound = writeOnnx(plain);
    user.write('text.onnx', 'this is no protobuf, and never was');
    user.write('empty.onnx', '');
    user.write('cut.onnx', sound.slice(0, sound.length / 2));
    user.array(
      'x.npy',
      [3, 5, 6, 4],
      Float32Array.from({ length: 360 }, (_, i) => ((i * 37) % 101) / 50 - 1),
    );
  });

  const broken = ['missing', 'text', 'empty', 'cut'];
  const others = Object.keys(networks)
    .map(name => name.replace('.onnx', ''))
    .filter(name => name !== 'network');

  const commands: readonly (readonly [name: string, argv: string])[] = [
    ...[...broken, ...others].map(name => [name, `compile ${name}.onnx --target host -o no`] as const),
    ['weights besides', 'compile network.onnx --weights q.safetensors --target host -o no'],
    ['random weights', 'compile float.onnx --random-weights --target host -o no'],
    ['quantised twice', 'quantize network.onnx --calibration x.npy -o no'],
    ['float weights besides', 'quantize float.onnx --weights w.npz --calibration x.npy -o no'],
  ];
  it.each(commands)('%s', async (_name, argv) => {
    const { code, stderr } = await user.run(argv);
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
    expect(existsSync(join(user.directory, 'no'))).toBe(false);
  });

  it('those that all these were made of are quantised and compiled', async () => {
    expect(await user.run('quantize float.onnx --calibration x.npy -o q.st')).toMatchObject({ code: 0 });
    expect(await user.run('compile float.onnx --weights q.st --target host -o float')).toMatchObject({ code: 0 });
    expect(await user.run('compile network.onnx --target host -o int8')).toMatchObject({ code: 0 });
  });

  it('an int8 one becomes a model.ts and quantised weights for the same C, and runs bit for bit', async () => {
    expect(await user.run('import network.onnx -o written')).toMatchObject({ code: 0 });
    const code = async (model: string, out: string) => {
      expect(await user.run(`compile ${model} --target host -o ${out}`)).toMatchObject({ code: 0 });
      // But for where it came from.
      return user
        .read(`${out}/network.c`)
        .replace(/^ \*.*$|^\/\*.*$|^.*(from|command|model|weights) .*$/gm, '')
        .replace(/\n+/g, '\n');
    };
    const direct = await code('network.onnx', 'direct');
    expect(await code('written/network.ts --weights written/network.safetensors', 'again')).toBe(direct);
    const verify = await user.run('verify network.onnx --target host --random 3 --json');
    expect(JSON.parse(verify.stdout)).toMatchObject({ bitExact: true, rounding: 'native' });
  });
});
