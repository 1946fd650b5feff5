import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import type { NumericArray } from '../../src/frontend/arrays/elements.js';
import { permute } from '../../src/frontend/arrays/permute.js';
import { bindWeights } from '../../src/frontend/weights/bind.js';
import { readWeightsFile, type WeightsFile } from '../../src/frontend/weights/weights-file.js';
import type { FloatGraph } from '../../src/ir/graph.js';
import { Chain, effnet, lookup, spanAt } from './fake-ops.js';
import { diagnosticsOf, floats, weightsFile } from './helpers.js';

const bind = (graph: FloatGraph, file: WeightsFile) => bindWeights(graph, file, lookup, new Session());
const bindTensors = (graph: FloatGraph, tensors: Record<string, NumericArray>) => bind(graph, weightsFile(tensors));
const problems = (graph: FloatGraph, tensors: Record<string, NumericArray>) =>
  diagnosticsOf(() => bindTensors(graph, tensors));
const node = (graph: FloatGraph, name: string) => graph.nodes.find(n => n.name === name);
const constantsOf = (graph: FloatGraph) => graph.nodes.map(n => n.constants);

function reordered(array: NumericArray, axes: readonly number[]): NumericArray {
  const { data, shape } = permute(array.data, array.shape, axes);
  return { dtype: array.dtype, shape, data };
}

// One small network with every kind of parameter, in PyTorch's names and layouts.
const small = new Chain(4, 4, 3)
  .conv('block1.pw', 5, [2, 1], true, ['block1.pw.0'])
  .batchNorm('block1.pw.bn', ['block1.pw.1'])
  .add('depthwiseConv', 'block1.dw', { h: 1, w: 3, multiplier: 2 }, ['block1.dw.0'], { channels: 10 })
  .add('dense', 'fc', { units: 2 }, undefined, { height: 1, width: 1, channels: 2 })
  .graph();
const smallInputs = { weight: floats([5, 3, 2, 1]), depthwise: floats([10, 1, 1, 3]), dense: floats([2, 160]) };
const pytorch: Record<string, NumericArray> = {
  'block1.pw.0.weight': smallInputs.weight,
  'block1.pw.0.bias': floats([5], i => i + 100),
  'block1.pw.1.weight': floats([5], i => i + 1),
  'block1.pw.1.bias': floats([5], i => i + 2),
  'block1.pw.1.running_mean': floats([5], i => i + 3),
  'block1.pw.1.running_var': floats([5], i => i + 4),
  'block1.pw.1.num_batches_tracked': { dtype: 'i32', shape: [], data: Int32Array.of(7) },
  'block1.dw.0.weight': smallInputs.depthwise,
  'fc.weight': smallInputs.dense,
  'fc.bias': floats([2]),
};
const kerasArrays: Record<string, NumericArray> = {
  'block1_pw/kernel': reordered(smallInputs.weight, [2, 3, 1, 0]),
  'block1_pw/bias': pytorch['block1.pw.0.bias'],
  'block1_pw_bn/gamma': pytorch['block1.pw.1.weight'],
  'block1_pw_bn/beta': pytorch['block1.pw.1.bias'],
  'block1_pw_bn/moving_mean': pytorch['block1.pw.1.running_mean'],
  'block1_pw_bn/moving_variance': pytorch['block1.pw.1.running_var'],
  // [c * m, 1, h, w] -> [h, w, c * m] -> [h, w, c, m]
  'block1_dw/kernel': { ...reordered(smallInputs.depthwise, [1, 2, 3, 0]), shape: [1, 3, 5, 2] },
  'fc/kernel': reordered(smallInputs.dense, [1, 0]),
  'fc/bias': pytorch['fc.bias'],
};
const renamed = (tensors: Record<string, NumericArray>, rename: (name: string) => string) =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));

describe('layouts', () => {
  const bound = bindTensors(small, pytorch);

  it('puts PyTorch weights into the order of the IR', () => {
    const weight = node(bound, 'block1.pw')?.constants.weight;
    expect(weight?.shape).toEqual([5, 2, 1, 3]);
    for (let o = 0; o < 5; o++)
      for (let i = 0; i < 3; i++)
        for (let h = 0; h < 2; h++)
          expect(weight?.data[(o * 2 + h) * 3 + i]).toBe(smallInputs.weight.data[(o * 3 + i) * 2 + h]);
  });

  it('binds Keras weights to the same constants', () => {
    expect(constantsOf(bindTensors(small, kerasArrays))).toEqual(constantsOf(bound));
  });

  it.each([
    ['a trailing :0', (name: string) => `${name}:0`],
    ['a prefix', (name: string) => `effnet/${name}`],
    ['two prefixes', (name: string) => `model/effnet/${name}:0`],
    ['colons', (name: string) => name.replaceAll('/', ':')],
    ['the depthwise name of Keras 2', (name: string) => name.replace('dw/kernel', 'dw/depthwise_kernel')],
    ['the batch norm layer under the name of the op', (name: string) => name.replace('pw_bn', 'pw_bn_bn')],
  ])('binds Keras names with %s', (_, rename) => {
    expect(constantsOf(bindTensors(small, renamed(kerasArrays, rename)))).toEqual(constantsOf(bound));
  });

  it.each([
    ['slashes', (name: string) => name.replaceAll('.', '/')],
    ['DataParallel', (name: string) => `module.${name}`],
    ['names without positions', (name: string) => name.replace('.0.', '.').replace('.1.', '.bn.')],
  ])('binds PyTorch names with %s', (_, rename) => {
    expect(constantsOf(bindTensors(small, renamed(pytorch, rename)))).toEqual(constantsOf(bound));
  });

  it('leaves the graph that it was given alone, and nodes without parameters as they are', () => {
    expect(constantsOf(small).every(constants => Object.keys(constants).length === 0)).toBe(true);
    expect(bound.nodes[0]).toBe(small.nodes[0]);
  });

  it('converts every element type to float32', () => {
    const graph = new Chain(1, 1, 2).conv('c', 2).graph();
    const shape = [2, 2, 1, 1];
    const values = [1, 0, 3, 100];
    const arrays: NumericArray[] = [
      { dtype: 'f64', shape, data: Float64Array.from(values) },
      { dtype: 'i8', shape, data: Int8Array.from(values) },
      { dtype: 'u8', shape, data: Uint8Array.from(values) },
      { dtype: 'i16', shape, data: Int16Array.from(values) },
      { dtype: 'i32', shape, data: Int32Array.from(values) },
    ];
    for (const array of arrays) {
      const { weight } = node(bindTensors(graph, { 'c.weight': array }), 'c')?.constants ?? {};
      expect(weight).toEqual({ dtype: 'f32', shape: [2, 1, 1, 2], data: Float32Array.from(values) });
    }
  });
});

describe('epsilon', () => {
  const norm = (epsilon: number) => new Chain(1, 1, 5).batchNorm('block1.pw.bn', ['block1.pw.1'], epsilon).graph();
  const only = (tensors: Record<string, NumericArray>, part: RegExp) =>
    Object.fromEntries(Object.entries(tensors).filter(([name]) => part.test(name)));

  it('of 0 is the default of the framework whose names were found', () => {
    const of = (graph: FloatGraph) => node(graph, 'block1.pw.bn')?.attributes.epsilon;
    expect(of(bindTensors(norm(0), only(pytorch, /pw\.1/)))).toBe(1e-5);
    expect(of(bindTensors(norm(0), only(kerasArrays, /_bn/)))).toBe(1e-3);
    expect(of(bindTensors(norm(0.01), only(kerasArrays, /_bn/)))).toBe(0.01);
  });
});

describe('problems', () => {
  it('are all reported, each at its op', () => {
    const broken: Record<string, NumericArray> = {
      ...pytorch,
      'block1.pw.0.weight': floats([5, 3, 1, 2]),
      'fc.weight': floats([2, 160], () => NaN),
    };
    delete broken['block1.pw.1.running_mean'];
    const found = problems(small, { ...broken, 'optimizer.step': floats([1]) });
    expect(found.map(d => [d.code, d.span?.line])).toEqual([
      ['E0305', 3],
      ['E0306', 2],
      ['E0307', 5],
      ['E0308', undefined],
    ]);
  });

  it('missing: which names were tried, and the nearest one', () => {
    const [found, extra] = problems(
      small,
      renamed(pytorch, name => name.replace('dw.0.weight', 'dw.0.wieght')),
    );
    expect(found).toEqual({
      code: 'E0305',
      severity: 'error',
      message: "weight of depthwiseConv 'block1.dw' is not in the weights file 'w.npz'",
      span: spanAt(4),
      notes: [
        { message: "looked for 'block1.dw.weight', 'block1.dw.0.weight' (PyTorch)" },
        {
          message:
            "looked for 'block1.dw.depthwise_kernel', 'block1.dw.kernel', 'block1.dw.0.depthwise_kernel', 'block1.dw.0.kernel' and 4 more (Keras)",
        },
      ],
      hint: "the file has 'block1.dw.0.wieght': if that is it, rename one of the two",
    });
    expect(extra.code).toBe('E0308');
  });

  it('mis-shaped: expected and found, and the layout that it looks like', () => {
    const shaped = (shape: number[]) => problems(small, { ...pytorch, 'block1.pw.0.weight': floats(shape) })[0];
    const keras = shaped([2, 1, 3, 5]);
    expect(keras.message).toBe("weight of conv 'block1.pw' has shape [2, 1, 3, 5], expected [5, 3, 2, 1] (PyTorch)");
    expect(keras.notes[1].message).toMatch(/is the layout of Keras, where the tensor is called 'kernel'/);
    expect(shaped([5, 2, 1, 3]).notes[1].message).toMatch(/layout inside effnetc/);
    expect(shaped([5, 3, 1, 2]).notes[1].message).toMatch(/another order/);
    expect(shaped([5, 3, 2, 2]).notes.length).toBe(1);
    const [bias] = problems(small, { ...pytorch, 'fc.bias': floats([3]) });
    expect(bias.message).toMatch(/shape \[3\], expected \[2\]$/);
  });

  it('not finite: the first place in the file, and how many', () => {
    const bad = floats([5, 3, 2, 1], i => (i === 9 ? -Infinity : i === 20 ? NaN : 0));
    const [found] = problems(small, { ...pytorch, 'block1.pw.0.weight': bad });
    expect(found.message).toBe("weight of conv 'block1.pw' has 2 values that are not finite");
    expect(found.notes[0].message).toBe("tensor 'block1.pw.0.weight' is -Infinity at [1, 1, 1, 0], the first of them");
    const huge: NumericArray = { dtype: 'f64', shape: [2], data: Float64Array.of(0, 1e39) };
    const [overflow] = problems(small, { ...pytorch, 'fc.bias': huge });
    expect(overflow.notes[0].message).toBe("tensor 'fc.bias' is 1e+39, too large for float32 at [1]");
  });

  it('extra tensors: one error for all, with all their names', () => {
    const extra = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`optimizer.m${i}`, floats([1])]));
    const found = problems(small, { ...pytorch, ...extra });
    expect(found.length).toBe(1);
    expect(found[0].message).toMatch(/has 14 tensors that no op of 'net' takes/);
    expect(found[0].notes[0].message).toMatch(/^'optimizer.m0', .*'optimizer.m11' and 2 more$/);
  });

  it('a tensor that two ops claim', () => {
    const graph = new Chain(1, 1, 2).conv('a.b', 2).conv('a_b', 2).graph();
    const [found] = problems(graph, { 'a.b.weight': floats([2, 2, 1, 1]) });
    expect(found).toMatchObject({ code: 'E0309', span: spanAt(3) });
    expect(found.notes[0]).toEqual({ message: "taken as the weight of conv 'a.b'", span: spanAt(2) });
  });

  it('a name that fits two tensors', () => {
    const graph = new Chain(1, 1, 2).conv('pw', 2).graph();
    const w = floats([2, 2, 1, 1]);
    const found = problems(graph, { 'x.pw.weight': w, 'y.pw.weight': w });
    expect(found.map(d => d.code)).toEqual(['E0310']);
    expect(found[0].notes[0].message).toBe("'pw.weight' could be 'x.pw.weight', 'y.pw.weight'");
    expect(problems(graph, { 'pw.weight': w, 'pw/weight': w }).map(d => d.code)).toEqual(['E0310']);
  });

  it('no op takes the tensor of another one because of a prefix', () => {
    const graph = new Chain(1, 1, 2).conv('conv', 2).conv('block1.conv', 2).graph();
    const w = floats([2, 2, 1, 1]);
    expect(problems(graph, { 'block1.conv.weight': w }).map(d => [d.code, d.span?.line])).toEqual([['E0305', 2]]);
    const prefixed = bindTensors(graph, {
      'm.block1.conv.weight': floats([2, 2, 1, 1], i => i + 10),
      'm.conv.weight': w,
    });
    expect(node(prefixed, 'conv')?.constants.weight.data).toEqual(w.data);
  });

  it('quantised weights where float ones are needed', () => {
    const file = weightsFile({}, { format: 'effnetc-quantised-2' });
    expect(diagnosticsOf(() => bind(small, file))[0].code).toBe('E0312');
  });

  it('an empty file, and one of very many tensors, in bounded time', { timeout: 60_000 }, () => {
    expect(problems(effnet(1), {}).length).toBe(62);
    const many = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, i) => [`block1.pw.0.weigh${i}.x/y/z`, floats([1])]),
    );
    // Processor time: other tests run beside this one.
    const start = process.cpuUsage();
    problems(effnet(1), many);
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(10);
  });
});

const data = '../shared/data/effnet-cifar10';
describe.skipIf(!existsSync(data))('trained networks (skipped where ../shared/data is absent)', () => {
  it.each([
    ['effnet_relu.npz', 1],
    ['effnet_leaky_postbn.npz', 2],
  ] as const)('%s binds without a diagnostic', (name, position) => {
    const graph = bind(effnet(position), readWeightsFile(`${data}/${name}`));
    const parameters = graph.nodes.flatMap(n => Object.values(n.constants)).reduce((sum, c) => sum + c.data.length, 0);
    expect(parameters).toBe(153_386); // as numpy counts them, without num_batches_tracked
    expect(node(graph, 'block2.conv.bn')?.attributes.epsilon).toBe(1e-5);
  });
});
