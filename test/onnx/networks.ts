import { Random } from '../../src/numeric/random.js';
import { floats, int64s, type ModelSpec, type NodeSpec, scalar, type TensorSpec } from './write-onnx.js';

const random = new Random('quantised');
const integers = (type: string, low: number, high: number, ...dims: number[]): TensorSpec => ({
  type,
  dims,
  values: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => Math.floor(random.uniform(low, high + 1))),
});

/** Collects a network in the QDQ form: every tensor between layers is quantised and dequantised. */
class Qdq {
  readonly nodes: NodeSpec[] = [];
  readonly constants: Record<string, TensorSpec> = {};

  constructor(private readonly type: 'INT8' | 'UINT8') {}

  scale(name: string, scale: number, zeroPoint: number, type: string = this.type): [string, string] {
    this.constants[`${name}.scale`] = scalar('FLOAT', scale);
    this.constants[`${name}.zero`] = scalar(type, type === 'UINT8' ? zeroPoint + 128 : zeroPoint);
    return [`${name}.scale`, `${name}.zero`];
  }

  /** `name`, quantised, as a float tensor again. */
  quantised(name: string, scale: number, zeroPoint: number): string {
    const said = this.scale(name, scale, zeroPoint);
    this.nodes.push({ kind: 'QuantizeLinear', inputs: [name, ...said], outputs: [`${name}.q`] });
    this.nodes.push({ kind: 'DequantizeLinear', inputs: [`${name}.q`, ...said], outputs: [`${name}.dq`] });
    return `${name}.dq`;
  }

  /** Weights with a scale for each of their outputs along `axis`. */
  weights(name: string, spec: TensorSpec, axis: number, scale = 0.01): string {
    const count = spec.dims[axis];
    this.constants[name] = spec;
    this.constants[`${name}.scale`] = floats(Array.from({ length: count }, (_, o) => scale * (1 + o / 8)));
    this.constants[`${name}.zero`] = { type: 'INT8', dims: [count], values: new Array<number>(count).fill(0) };
    const inputs = [name, `${name}.scale`, `${name}.zero`];
    this.nodes.push({ kind: 'DequantizeLinear', inputs, outputs: [`${name}.dq`], attributes: { axis } });
    return `${name}.dq`;
  }

  bias(name: string, weights: string, inputScale: number, spec: TensorSpec): string {
    this.constants[name] = spec;
    const { values } = this.constants[`${weights}.scale`];
    this.constants[`${name}.scale`] = floats(
      values.map(scale => Math.fround(Math.fround(scale) * Math.fround(inputScale))),
    );
    const inputs = [name, `${name}.scale`];
    this.nodes.push({ kind: 'DequantizeLinear', inputs, outputs: [`${name}.dq`], attributes: { axis: 0 } });
    return `${name}.dq`;
  }

  op(kind: string, inputs: readonly string[], output: string, attributes: NodeSpec['attributes'] = {}): string {
    this.nodes.push({ kind, inputs, outputs: [output], attributes });
    return output;
  }

  model(dims: readonly number[], output: string): ModelSpec {
    return { inputs: [{ name: 'x', dims }], outputs: [{ name: output }], nodes: this.nodes, constants: this.constants };
  }
}

/** A residual network with most of what a quantiser leaves: relu fused, pools, concat, flatten, a dense layer. */
export function residual(type: 'INT8' | 'UINT8'): ModelSpec {
  const q = new Qdq(type);
  const x = q.quantised('x', 1 / 255, -128);
  const w1 = q.weights('w1', integers('INT8', -127, 127, 6, 3, 3, 3), 0);
  const b1 = q.bias('b1', 'w1', 1 / 255, integers('INT32', -3000, 3000, 6));
  q.op('Relu', [q.op('Conv', [x, w1, b1], 'c1', { pads: [1, 1, 1, 1] })], 'r1');
  const r1 = q.quantised('r1', 0.0213, -128);
  const w2 = q.weights('w2', integers('INT8', -127, 127, 6, 1, 3, 3), 0);
  const c2 = q.quantised(q.op('Conv', [r1, w2], 'c2', { group: 6, pads: [1, 1, 1, 1] }), 0.0531, 3);
  const sum = q.quantised(q.op('Add', [c2, r1], 'sum'), 0.0617, -5);
  const pooled = q.quantised(q.op('MaxPool', [sum], 'pool', { kernel_shape: [2, 2], strides: [2, 2] }), 0.0617, -5);
  const joined = q.quantised(q.op('Concat', [pooled, pooled], 'join', { axis: 1 }), 0.0617, -5);
  const flat = q.quantised(q.op('Flatten', [joined], 'flat'), 0.0617, -5);
  const w3 = q.weights('w3', integers('INT8', -127, 127, 10, 12 * 3 * 2), 0, 0.004);
  const b3 = q.bias('b3', 'w3', 0.0617, integers('INT32', -900, 900, 10));
  return q.model([1, 3, 6, 4], q.quantised(q.op('Gemm', [flat, w3, b3], 'y', { transB: 1 }), 0.07, 4));
}

/** A Clip to the range of the scale after it, whose float32 is a little less or more than a 255th. */
export function clipped(type: 'INT8' | 'UINT8'): ModelSpec {
  const q = new Qdq(type);
  const x = q.quantised('x', 0.02, -10);
  q.constants.low = scalar('FLOAT', 0);
  q.constants.high = scalar('FLOAT', 1);
  const c = q.op('Conv', [x, q.weights('w', integers('INT8', -127, 127, 4, 3, 3, 3), 0, 0.002)], 'c');
  return q.model([1, 3, 6, 4], q.quantised(q.op('Clip', [c, 'low', 'high'], 'y'), 1 / 255, -128));
}

/** Functions of single values, means and products. */
export function functions(type: 'INT8' | 'UINT8'): ModelSpec {
  const q = new Qdq(type);
  const x = q.quantised('x', 0.03, 5);
  const s = q.quantised(q.op('Sigmoid', [x], 's'), 1 / 256, -128);
  const p = q.quantised(q.op('Mul', [x, s], 'p'), 0.0213, -90);
  const h = q.quantised(q.op('HardSwish', [p], 'h'), 0.0151, -100);
  const l = q.quantised(q.op('LeakyRelu', [h], 'l', { alpha: { float: 0.1 } }), 0.0151, -100);
  q.constants.half = scalar('FLOAT', 0.5);
  const c = q.quantised(q.op('Mul', [l, 'half'], 'c'), 0.0103, -110);
  const g = q.quantised(q.op('GlobalAveragePool', [c], 'g'), 0.0041, -60);
  const scaled = q.quantised(q.op('Mul', [c, g], 'm'), 0.0061, -100);
  const d = q.quantised(q.op('Sub', [scaled, c], 'd'), 0.0123, 90);
  const a = q.quantised(q.op('AveragePool', [d], 'a', { kernel_shape: [2, 2], strides: [1, 1] }), 0.0123, 90);
  return { ...q.model([1, 4, 5, 3], a), opset: 14 };
}

/** The QLinear forms, uint8 in and out, weights with a zero point of 128. */
export function qlinear(): ModelSpec {
  const q = new Qdq('UINT8');
  const [x, c, a, g, m, y] = [
    q.scale('x', 0.02, 2),
    q.scale('c', 0.0531, -7),
    q.scale('a', 0.0317, 1),
    q.scale('g', 0.0067, 20),
    q.scale('m', 0.0037, 3),
    q.scale('y', 0.0047, 6),
  ];
  const one = q.scale('w1', 0.01, 0);
  const two = q.scale('w2', 0.005, 0);
  const three = q.scale('w3', 0.008, 0, 'INT8');
  q.constants.w1 = integers('UINT8', 1, 255, 4, 4, 3, 3);
  q.constants.b1 = integers('INT32', -2000, 2000, 4);
  q.constants.w2 = integers('UINT8', 1, 255, 4, 5);
  q.constants.w3 = integers('INT8', -127, 127, 7, 5);
  const { nodes } = q;
  const microsoft = 'com.microsoft';
  nodes.push(
    {
      kind: 'QLinearConv',
      inputs: ['x', ...x, 'w1', ...one, ...c, 'b1'],
      outputs: ['c'],
      attributes: { pads: [1, 1, 1, 1] },
    },
    { kind: 'QLinearAdd', inputs: ['c', ...c, 'x', ...x, ...a], outputs: ['a'], domain: microsoft },
    { kind: 'MaxPool', inputs: ['a'], outputs: ['p'], attributes: { kernel_shape: [2, 2] } },
    { kind: 'QLinearGlobalAveragePool', inputs: ['p', ...a, ...g], outputs: ['g'], domain: microsoft },
    { kind: 'Reshape', inputs: ['g', 'flat'], outputs: ['f'] },
    { kind: 'QLinearMatMul', inputs: ['f', ...g, 'w2', ...two, ...m], outputs: ['m'] },
    {
      kind: 'QGemm',
      inputs: ['m', ...m, 'w3', ...three, '', ...y],
      outputs: ['y'],
      domain: microsoft,
      attributes: { transB: 1 },
    },
  );
  q.constants.flat = int64s(1, -1);
  return {
    inputs: [{ name: 'x', type: 'UINT8', dims: [1, 4, 5, 3] }],
    outputs: [{ name: 'y', type: 'UINT8' }],
    nodes,
    constants: q.constants,
  };
}

/** A float network with a shuffle of channels, a slice, a padding and a flatten. */
export function shuffled(): ModelSpec {
  const real = (...dims: number[]) =>
    floats(
      Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => random.uniform(-1, 1)),
      dims,
    );
  return {
    inputs: [{ name: 'x', dims: ['batch', 4, 5, 6] }],
    outputs: [{ name: 'y' }],
    nodes: [
      { kind: 'Reshape', inputs: ['x', 'split'], outputs: ['a'] },
      { kind: 'Transpose', inputs: ['a'], outputs: ['b'], attributes: { perm: [0, 2, 1, 3, 4] } },
      { kind: 'Reshape', inputs: ['b', 'back'], outputs: ['c'] },
      { kind: 'Pad', inputs: ['c', 'pads'], outputs: ['d'] },
      { kind: 'Conv', inputs: ['d', 'w', 'bias'], outputs: ['e'], attributes: { group: 2, strides: [2, 1] } },
      { kind: 'BatchNormalization', inputs: ['e', 'v', 'bias', 'bias', 'v'], outputs: ['f'] },
      { kind: 'Clip', inputs: ['f', 'zero', 'six'], outputs: ['g'] },
      { kind: 'Slice', inputs: ['g', 'from', 'to', 'axes'], outputs: ['h'] },
      { kind: 'Flatten', inputs: ['h'], outputs: ['i'] },
      { kind: 'Gemm', inputs: ['i', 'fc'], outputs: ['j'] },
      { kind: 'Softmax', inputs: ['j'], outputs: ['y'] },
    ],
    constants: {
      split: int64s(1, 2, 2, 5, 6),
      back: int64s(1, 4, 5, 6),
      pads: int64s(0, 0, 1, 0, 0, 0, 0, 1),
      w: real(4, 2, 2, 2),
      bias: real(4),
      v: floats([0.5, 1, 1.5, 2]),
      zero: scalar('FLOAT', 0),
      six: scalar('FLOAT', 6),
      from: int64s(1),
      to: int64s(4),
      axes: int64s(1),
      fc: real(3 * 3 * 6, 5),
    },
  };
}
