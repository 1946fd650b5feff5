import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workspace } from '../cli/workspace.js';
import { chain, effnet, wideOps } from '../tflite/networks.js';
import {
  activation,
  activation16,
  int8,
  int32,
  type NetworkSpec,
  type TensorSpec,
  writeTflite,
} from '../tflite/write-tflite.js';

const user = new Workspace();
afterAll(() => user.remove());

const t = (dims: readonly number[]) => activation(dims, 0.5, 3);
const plain = effnet();

/** The small EffNet with one of its tensors changed. */
const withTensor = (index: number, change: Partial<TensorSpec>): NetworkSpec => ({
  ...plain,
  tensors: plain.tensors.map((tensor, i) => (i === index ? { ...tensor, ...change } : tensor)),
});

const unit = { padding: 1, stride_w: 1, stride_h: 1, dilation_w_factor: 1, dilation_h_factor: 1 };
const pointwise = int8([1, 1], [1, 1, 1, 2], [0.5]);
const image = t([1, 4, 4, 2]);
const image16 = activation16([1, 4, 4, 2], 0.5);

const networks: Readonly<Record<string, NetworkSpec>> = {
  // Three that are not imported, one between them that is fine but reads what was refused, one with an option of its own.
  'operators.tflite': chain(
    image,
    ['RESIZE_BILINEAR', t([1, 8, 8, 2]), []],
    ['RELU6', t([1, 8, 8, 2]), []],
    ['SPACE_TO_DEPTH', t([1, 4, 4, 8]), []],
    ['CUSTOM', t([1, 4, 4, 8]), []],
    ['CONV_2D', t([1, 4, 4, 1]), [pointwise], { ...unit, fused_activation_function: 4 }],
  ),
  'options.tflite': {
    tensors: [
      image,
      t([1, 4, 1, 2]),
      int32([2]),
      t([1, 8, 4, 2]),
      t([1, 4, 2, 4]),
      int32([0, 2, 1, 3]),
      t([1, 2, 4, 2]),
      t([1, 4, 4, 2]),
    ],
    operators: [
      { kind: 'MEAN', inputs: [0, 2], outputs: [1] },
      { kind: 'CONCATENATION', inputs: [0, 0], outputs: [3], options: { axis: 1 } },
      { kind: 'TRANSPOSE', inputs: [0, 5], outputs: [6] },
      { kind: 'SOFTMAX', inputs: [0], outputs: [7], options: { beta: 2 } },
    ],
  },
  'float.tflite': {
    ...plain,
    tensors: plain.tensors.map(({ scales: _scales, zeroPoints: _zeros, data: _data, ...tensor }) => ({
      ...tensor,
      type: 'FLOAT32',
    })),
  },
  'mixed-types.tflite': withTensor(2, { type: 'INT16', zeroPoints: [0] }),
  // Two that take no int16, one between them that does.
  'int16-operators.tflite': chain(
    image16,
    ['HARD_SWISH', image16, []],
    ['RELU6', image16, []],
    ['RELU_N1_TO_1', image16, []],
    ['RESIZE_BILINEAR', activation16([1, 8, 8, 2], 0.5), []],
  ),
  'int16-zero-point.tflite': chain(image16, ['RELU6', { ...image16, zeroPoints: [3] }, []]),
  'int16-bias.tflite': chain(image16, [
    'DEPTHWISE_CONV_2D',
    image16,
    [int8([1, 1], [1, 1, 1, 2], [0.5, 0.5], { axis: 3 }), int32([1, 2])],
    { ...unit, depth_multiplier: 1 },
  ]),
  'int16-to-uint8.tflite': chain(image16, [
    'QUANTIZE',
    { dims: image16.dims, type: 'UINT8', scales: [0.5], zeroPoints: [128] },
    [],
  ]),
  'dynamic.tflite': withTensor(4, { signature: [-1, -1, 4, 6] }),
  'batch.tflite': withTensor(0, { dims: [8, 4, 4, 3] }),
  'shape.tflite': withTensor(2, { dims: [1, 4, 5, 6] }),
  'no-scale.tflite': withTensor(4, { scales: [], zeroPoints: [] }),
  'channels.tflite': withTensor(1, { axis: 2 }),
  'zero-points.tflite': withTensor(1, { zeroPoints: [0, 0, 1, 0, 0, 0] }),
  'moved.tflite': withTensor(5, { scales: [0.2] }),
  'short-data.tflite': withTensor(3, { data: [1, 2, 3] }),
  'inputs.tflite': { ...plain, inputs: [0, 2] },
  'outputs.tflite': { ...plain, outputs: [2, 4] },
  'nothing.tflite': chain(image, ['RESHAPE', t([1, 32]), []]),
  'middle.tflite': chain(
    image,
    ['DEQUANTIZE', { dims: [1, 4, 4, 2], type: 'FLOAT32' }, []],
    ['RELU6', t([1, 4, 4, 2]), []],
  ),
  // One result more than a RELU6 has, which another operator then reads.
  'results.tflite': {
    tensors: [image, image, image, image],
    operators: [
      { kind: 'RELU6', inputs: [0], outputs: [1, 2] },
      { kind: 'RELU6', inputs: [2], outputs: [3] },
    ],
  },
  'version.tflite': { ...plain, version: 2 },
  'fine.tflite': plain,
  'int16.tflite': wideOps(),
};

beforeAll(() => {
  for (const [name, network] of Object.entries(networks)) user.write(name, writeTflite(network));
  user.write('text.tflite', 'this is no model at all\n');
  user.write('empty.tflite', '');
  user.write('cut.tflite', writeTflite(plain).slice(0, 900));
});

const damaged = ['missing', 'text', 'empty', 'cut', 'version', 'short-data'];
const refused = Object.keys(networks)
  .map(name => name.replace('.tflite', ''))
  .filter(name => !['fine', 'int16', ...damaged].includes(name));

describe('a .tflite that is refused, as the user sees it', () => {
  it.each<readonly [string, string]>([
    ...[...damaged, ...refused].map(name => [name, `compile ${name}.tflite --target host -o no`] as const),
    ['weights besides', 'compile fine.tflite --weights q.safetensors --target host -o no'],
    ['random weights', 'compile fine.tflite --random-weights --target host -o no'],
    ['quantised twice', 'quantize fine.tflite --weights w.npz --calibration x.npy -o no'],
    ['import of a model.ts', 'import model.ts -o no'],
    ['import of an .h5', 'import net.h5 -o no'],
  ])('%s', async (_name, argv) => {
    const { code, stderr } = await user.run(argv);
    expect(`\n${stderr}`).toMatchSnapshot();
    expect(code).toBe(2);
    expect(existsSync(join(user.directory, 'no'))).toBe(false);
  });

  it('the one that all these were made of is compiled', async () => {
    expect((await user.run('compile fine.tflite --target host -o out')).code).toBe(0);
    expect((await user.run('import fine.tflite -o out')).code).toBe(0);
  });

  it('so is one with int16 activations, and imported', async () => {
    expect((await user.run('compile int16.tflite --target host -o out')).code).toBe(0);
    expect((await user.run('import int16.tflite -o out')).code).toBe(0);
    const again = await user.run('compile out/int16.ts --weights out/int16.safetensors --target host -o out');
    expect(again).toMatchObject({ code: 0, stderr: '' });
  });
});
