import { describe, expect, it } from 'vitest';
import { runFloat } from '../../src/interpreter/reference.js';
import { Random } from '../../src/numeric/random.js';
import { compareFloat, importFloat, importModel, layersOf } from './run.js';
import { floats, int64s, type ModelSpec, type NodeSpec, scalar, type TensorSpec } from './write-onnx.js';

const random = new Random('float');
const some = (...dims: number[]): TensorSpec =>
  floats(
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => 2 * random.uniform(0, 1) - 1),
    dims,
  );
const positive = (count: number): TensorSpec => floats(Array.from({ length: count }, () => 0.5 + random.uniform(0, 1)));

/** Nodes one after the other: each reads what the one before makes, and then the inputs given; the last makes `y`. */
function chain(
  dims: readonly (number | string)[],
  nodes: readonly (readonly [kind: string, attributes?: NodeSpec['attributes'], ...inputs: string[]])[],
  constants: ModelSpec['constants'] = {},
  opset = 13,
): ModelSpec {
  return {
    inputs: [{ name: 'x', dims }],
    outputs: [{ name: 'y' }],
    nodes: nodes.map(([kind, attributes = {}, ...inputs], i) => ({
      kind,
      attributes,
      inputs: [i === 0 ? 'x' : `t${i - 1}`, ...inputs],
      outputs: [i === nodes.length - 1 ? 'y' : `t${i}`],
    })),
    constants,
    opset,
  };
}

const image = [1, 4, 6, 5];
const w = some(3, 4, 3, 3);
const float = (value: number) => ({ float: value });

const networks: Readonly<Record<string, readonly [ModelSpec, layers: string]>> = {
  'Conv with uneven pads and strides': [
    chain(image, [['Conv', { pads: [1, 0, 2, 1], strides: [2, 1] }, 'w', 'b']], { w, b: some(3) }),
    'conv',
  ],
  'Conv in groups, dilated, without bias': [
    chain(image, [['Conv', { group: 2, dilations: [2, 2], pads: [2, 2, 2, 2] }, 'w']], { w: some(6, 2, 3, 3) }),
    'conv',
  ],
  'depthwise Conv with a multiplier': [
    chain(image, [['Conv', { group: 4, pads: [0, 1, 0, 1] }, 'w']], { w: some(8, 1, 1, 3) }),
    'depthwiseConv',
  ],
  'Conv with auto_pad SAME_UPPER': [
    chain(image, [['Conv', { auto_pad: 'SAME_UPPER', strides: [2, 2] }, 'w']], { w: some(3, 4, 2, 2) }),
    'conv',
  ],
  'Conv with auto_pad SAME_LOWER': [
    chain(image, [['Conv', { auto_pad: 'SAME_LOWER', strides: [1, 1] }, 'w']], { w: some(3, 4, 2, 2) }),
    'conv',
  ],
  'Conv of one dimension': [
    chain([1, 4, 9], [['Conv', { pads: [1, 1], strides: [2] }, 'w']], { w: some(3, 4, 3) }),
    'conv',
  ],
  'Pad before Conv': [
    chain(
      image,
      [
        ['Pad', {}, 'p'],
        ['Conv', { pads: [1, 0, 0, 0] }, 'w'],
      ],
      { w, p: int64s(0, 0, 1, 0, 0, 0, 1, 2) },
    ),
    'conv',
  ],
  'Resize as PyTorch exports it, after a Conv': [
    chain(
      image,
      [
        ['Conv', {}, 'w'],
        ['Resize', { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }, '', 's'],
      ],
      { w, s: floats([1, 1, 2, 3]) },
    ),
    'conv resize',
  ],
  'Resize by its own rules, to sizes': [
    chain(image, [['Resize', {}, '', '', 'd']], { d: int64s(1, 4, 12, 15) }),
    'resize',
  ],
  'Pad with a value, read by a pool': [
    chain(
      image,
      [
        ['Pad', {}, 'p', 'v'],
        ['MaxPool', { kernel_shape: [2, 2] }],
      ],
      {
        p: int64s(0, 0, 1, 0, 0, 0, 1, 2),
        v: scalar('FLOAT', 0.75),
      },
    ),
    'pad maxPool',
  ],
  'batch norm and activations': [
    chain(
      image,
      [
        ['Conv', {}, 'w'],
        ['BatchNormalization', { epsilon: float(1e-5) }, 'g', 'b', 'm', 'v'],
        ['Relu'],
        ['BatchNormalization', { epsilon: float(1e-3) }, 'b', 'g', 'm', 'v'],
        ['LeakyRelu', { alpha: float(0.1) }],
        ['Conv', {}, 'w1'],
        ['Clip', {}, 'zero', 'six'],
        ['Sigmoid'],
        ['Tanh'],
        ['HardSwish'],
        ['Elu', { alpha: float(0.7) }],
      ],
      {
        w: some(3, 4, 2, 2),
        w1: some(2, 3, 1, 1),
        g: some(3),
        b: some(3),
        m: some(3),
        v: positive(3),
        zero: scalar('FLOAT', 0),
        six: scalar('FLOAT', 6),
      },
      14,
    ),
    'conv batchNorm activation batchNorm activation conv activation activation activation activation activation',
  ],
  'PRelu for each channel': [chain(image, [['PRelu', {}, 's']], { s: some(4, 1, 1) }), 'activation'],
  'HardSigmoid alone': [chain(image, [['HardSigmoid', { alpha: float(1 / 6) }]]), 'batchNorm activation batchNorm'],
  'constants against channels': [
    chain(
      image,
      [
        ['Sub', {}, 'c'],
        ['Div', {}, 's'],
        ['Mul', {}, 'd'],
        ['Add', {}, 'c'],
      ],
      { c: some(1, 4, 1, 1), s: scalar('FLOAT', 0.3), d: some(4, 1, 1) },
    ),
    'batchNorm batchNorm batchNorm batchNorm',
  ],
  'MaxPool rounded up': [
    chain(image, [['MaxPool', { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 0], ceil_mode: 1 }]]),
    'maxPool',
  ],
  'AveragePool that leaves padding out': [
    chain(image, [['AveragePool', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }]]),
    'avgPool',
  ],
  'AveragePool that counts padding': [
    chain(image, [['AveragePool', { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }]]),
    'pad avgPool',
  ],
  'GlobalAveragePool, Flatten, Gemm, Softmax': [
    chain(
      image,
      [
        ['GlobalAveragePool'],
        ['Flatten'],
        ['Gemm', { transB: 1, alpha: float(0.5), beta: float(2) }, 'w', 'b'],
        ['Softmax'],
      ],
      { w: some(5, 4), b: some(5) },
    ),
    'mean dense softmax',
  ],
  'GlobalAveragePool of few values': [
    chain([1, 4, 2, 3], [['GlobalAveragePool'], ['Relu']]),
    'depthwiseConv activation',
  ],
  'GlobalAveragePool of one value': [chain([1, 4, 1, 1], [['Relu'], ['GlobalAveragePool']]), 'activation'],
  GlobalMaxPool: [chain(image, [['GlobalMaxPool']]), 'maxPool'],
  ReduceMax: [chain(image, [['ReduceMax', { axes: [-1, 2], keepdims: 0 }]]), 'maxPool'],
  'ReduceMean without its dimensions': [chain(image, [['ReduceMean', { axes: [2, 3], keepdims: 0 }]]), 'mean'],
  'Flatten of an image before MatMul and Add': [
    chain(['batch', 4, 6, 5], [['Relu'], ['Flatten'], ['MatMul', {}, 'w'], ['Add', {}, 'b']], {
      w: some(120, 7),
      b: some(7),
    }),
    'activation dense batchNorm',
  ],
  'Flatten as a result': [chain(image, [['Relu'], ['Flatten']]), 'activation flatten'],
  'Reshape with -1 before Gemm': [
    chain(image, [['Relu'], ['Reshape', {}, 's'], ['Gemm', {}, 'w']], { w: some(120, 3), s: int64s(1, -1) }),
    'activation dense',
  ],
  'shuffle of channels': [
    chain(
      image,
      [
        ['Reshape', {}, 'split'],
        ['Transpose', { perm: [0, 2, 1, 3, 4] }],
        ['Reshape', {}, 'back'],
        ['Conv', {}, 'w'],
      ],
      { w, split: int64s(1, 2, 2, 6, 5), back: int64s(1, -1, 6, 5) },
    ),
    'channelShuffle conv',
  ],
  'shuffle as a result': [
    chain(
      [1, 6, 2, 2],
      [['Relu'], ['Reshape', {}, 'split'], ['Transpose', { perm: [0, 2, 1, 3, 4] }], ['Reshape', {}, 'back']],
      { split: int64s(1, 3, 2, 2, 2), back: int64s(1, 6, 2, 2) },
    ),
    'activation channelShuffle',
  ],
};

describe('float networks equal ONNX Runtime within 1e-4', () => {
  it.each(Object.keys(networks))('%s', async name => {
    const [model, expected] = networks[name];
    const { difference, layers, spread } = await compareFloat(model);
    expect(layers.join(' ')).toBe(expected);
    expect(spread).toBeGreaterThan(0);
    expect(difference).toBeLessThan(1e-4);
  });

  it('NHWC at both edges, and channels taken apart and joined', async () => {
    const model: ModelSpec = {
      inputs: [{ name: 'x', dims: [1, 6, 5, 4] }],
      outputs: [{ name: 'y' }],
      nodes: [
        { kind: 'Transpose', inputs: ['x'], outputs: ['n'], attributes: { perm: [0, 3, 1, 2] } },
        { kind: 'Split', inputs: ['n', 'sizes'], outputs: ['a', 'b'], attributes: { axis: 1 } },
        { kind: 'Slice', inputs: ['n', 'from', 'to', 'axes'], outputs: ['c'] },
        { kind: 'Conv', inputs: ['b', 'w'], outputs: ['d'] },
        { kind: 'Concat', inputs: ['d', 'a', 'c'], outputs: ['e'], attributes: { axis: 1 } },
        { kind: 'Transpose', inputs: ['e'], outputs: ['y'], attributes: { perm: [0, 2, 3, 1] } },
      ],
      constants: { sizes: int64s(1, 3), from: int64s(-2), to: int64s(1000), axes: int64s(1), w: some(2, 3, 1, 1) },
    };
    const { difference, layers } = await compareFloat(model, { last: true, lastOut: true });
    expect(layers).toEqual(['slice', 'slice', 'slice', 'conv', 'concat']);
    expect(difference).toBeLessThan(1e-4);
  });

  it('residuals, squeeze and excite, SiLU, HardSwish in two nodes, and a shape that the file computes', async () => {
    const model: ModelSpec = {
      inputs: [{ name: 'x', dims: ['n', 4, 6, 5] }],
      outputs: [{ name: 'y' }],
      nodes: [
        { kind: 'Conv', inputs: ['x', 'w'], outputs: ['a'], attributes: { pads: [1, 1, 1, 1] } },
        { kind: 'Sigmoid', inputs: ['a'], outputs: ['s'] },
        { kind: 'Mul', inputs: ['a', 's'], outputs: ['silu'] },
        { kind: 'Identity', inputs: ['silu'], outputs: ['same'] },
        { kind: 'HardSigmoid', inputs: ['same'], outputs: ['h'], attributes: { alpha: float(1 / 6) } },
        { kind: 'Mul', inputs: ['h', 'silu'], outputs: ['hswish'] },
        { kind: 'GlobalAveragePool', inputs: ['hswish'], outputs: ['g'] },
        { kind: 'Conv', inputs: ['g', 'w1'], outputs: ['gate'] },
        { kind: 'Sigmoid', inputs: ['gate'], outputs: ['gates'] },
        { kind: 'Mul', inputs: ['gates', 'hswish'], outputs: ['excited'] },
        { kind: 'Add', inputs: ['excited', 'x'], outputs: ['r'] },
        { kind: 'Sub', inputs: ['r', 'a'], outputs: ['d'] },
        { kind: 'Shape', inputs: ['d'], outputs: ['shape'] },
        { kind: 'Constant', inputs: [], outputs: ['zero'], attributes: { value: scalar('INT64', 0) } },
        { kind: 'Gather', inputs: ['shape', 'zero'], outputs: ['n'] },
        { kind: 'Unsqueeze', inputs: ['n', 'axis'], outputs: ['n1'] },
        { kind: 'Concat', inputs: ['n1', 'rest'], outputs: ['dims'], attributes: { axis: 0 } },
        { kind: 'Reshape', inputs: ['d', 'dims'], outputs: ['v'] },
        { kind: 'Gemm', inputs: ['v', 'fc'], outputs: ['y'] },
      ],
      constants: {
        w: some(4, 4, 3, 3),
        w1: some(4, 4, 1, 1),
        axis: int64s(0),
        rest: int64s(-1),
        fc: some(120, 6),
      },
    };
    const { difference, layers } = await compareFloat(model);
    expect(layers).toEqual([
      'conv',
      'activation',
      'activation',
      'mean',
      'conv',
      'activation',
      'mul',
      'add',
      'sub',
      'dense',
    ]);
    expect(difference).toBeLessThan(1e-4);
  });

  it('takes constants from the typed fields, too', () => {
    const typed = (spec: TensorSpec) => ({ ...spec, typed: true });
    const build = (change: (spec: TensorSpec) => TensorSpec) =>
      importModel(
        chain(
          image,
          [
            ['Conv', {}, 'w'],
            ['Reshape', {}, 's'],
          ],
          { w: change(w), s: change(int64s(1, -1)) },
        ),
      ).graph.nodes.map(node => node.constants);
    expect(build(typed)).toEqual(build(spec => spec));
    expect(layersOf(importModel(chain(image, [['Conv', {}, 'w']], { w: typed(w) })).graph)).toEqual(['conv']);
  });

  it('shuffles channels by numbers that it computes from dimensions, as PyTorch does with an open batch', async () => {
    const model: ModelSpec = {
      inputs: [{ name: 'x', dims: ['N', 6, 4, 3] }],
      outputs: [{ name: 'y' }],
      nodes: [
        { kind: 'Shape', inputs: ['x'], outputs: ['shape'] },
        { kind: 'Gather', inputs: ['shape', 'one'], outputs: ['channels'] },
        { kind: 'Div', inputs: ['channels', 'groups'], outputs: ['each'] },
        { kind: 'Unsqueeze', inputs: ['each', 'axis'], outputs: ['size'] },
        { kind: 'Concat', inputs: ['first', 'size', 'last'], outputs: ['dims'], attributes: { axis: 0 } },
        { kind: 'Reshape', inputs: ['x', 'dims'], outputs: ['a'] },
        { kind: 'Transpose', inputs: ['a'], outputs: ['b'], attributes: { perm: [0, 2, 1, 3, 4] } },
        { kind: 'Mul', inputs: ['shape', 'halves'], outputs: ['back'] },
        { kind: 'Reshape', inputs: ['b', 'back'], outputs: ['y'] },
      ],
      constants: {
        one: scalar('INT64', 1),
        groups: scalar('INT64', 3),
        axis: int64s(0),
        first: int64s(1, 3),
        last: int64s(4, 3),
        halves: int64s(1),
      },
    };
    const { difference, layers } = await compareFloat(model);
    expect(layers).toEqual(['channelShuffle']);
    expect(difference).toBe(0);
  });

  it('is refused where the output is the input', () => {
    const identity: ModelSpec = {
      inputs: [{ name: 'x', dims: image }],
      outputs: [{ name: 'x' }],
      nodes: [],
      constants: {},
    };
    expect(() => importModel(identity)).toThrow(/does nothing to its input/);
  });

  it.each([
    // 8 rows by 2.03 are 16, but row 2 is row 0: 2 / 2.03.
    ['scales that make whole sizes', {}, [1, 1, 2.03, 2.03], /has the scales/],
    ['a factor of more than 1024', {}, [1, 1, 1025, 1], /makes \[1, 2, 8200, 8\]/],
    ['a size without end', {}, [1, 1, 2 ** 40, 1], /makes/],
    ['a scale of channels', {}, [1, 2, 1, 1], /makes \[1, 4, 8, 8\]/],
    ['a policy', { keep_aspect_ratio_policy: 'not_larger' }, [1, 1, 2, 2], /has the policy not_larger/],
  ] as const)('refuses a Resize with %s', (_what, attributes, scales, message) => {
    const rules = { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor', ...attributes };
    const network = chain([1, 2, 8, 8], [['Resize', rules, '', 's']], { s: floats([...scales]) });
    expect(() => importModel(network)).toThrow(message);
  });

  it('ends with an ArgMax, of equals the first', async () => {
    const net = (attributes: NodeSpec['attributes'], dims: readonly number[] = [1, 4]): ModelSpec => ({
      ...chain(dims, [['Relu'], ['ArgMax', attributes]]),
      outputs: [{ name: 'y', type: 'INT64' }],
    });
    const graph = importFloat(net({ axis: 1, keepdims: 0 }));
    expect(layersOf(graph)).toEqual(['activation', 'argmax']);
    const found = runFloat(graph, Float32Array.of(-1, 5, 2, 5)).get(graph.output) ?? [];
    expect(Array.from(found)).toEqual([1]);
    expect(() => importModel(net({ axis: 1 }, [1, 4, 2, 2]))).toThrow(/goes over axis 1/);
    expect(() => importModel(net({ axis: 1, select_last_index: 1 }))).toThrow(/last of equals/);
    const inside = chain([1, 4], [['ArgMax', { axis: 1 }], ['Relu']]);
    expect(() => importModel(inside)).toThrow(/in the middle/);
  });
});
