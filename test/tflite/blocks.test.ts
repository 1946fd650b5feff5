import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { writeModel } from '../../src/frontend/import/write-model.js';
import { writeQuantised } from '../../src/frontend/weights/quantised.js';
import { printGraph } from '../../src/ir/print.js';
import { loadImportedModel, loadQuantisedModel } from '../../src/pipeline/index.js';
import { importNetwork } from './run.js';
import {
  activation,
  int8,
  int32,
  type NetworkSpec,
  type OperatorSpec,
  type TensorSpec,
  writeTflite,
} from './write-tflite.js';

const directory = mkdtempSync(join(tmpdir(), 'effnetc-blocks-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
const window = {
  padding: 0,
  stride_w: 1,
  stride_h: 1,
  dilation_w_factor: 1,
  dilation_h_factor: 1,
  fused_activation_function: 0,
};
const relu = { fused_activation_function: 1 };
const relu6 = { fused_activation_function: 3 };

/** A network of 8x8 pixels, operator by operator; tensors are known by their number. */
class Net {
  readonly tensors: TensorSpec[] = [activation([1, 8, 8, 8], 0.05, -3)];
  readonly operators: OperatorSpec[] = [];

  add(tensor: TensorSpec): number {
    return this.tensors.push(tensor) - 1;
  }

  op(kind: string, inputs: readonly number[], dims: readonly number[], options: OperatorSpec['options'] = {}): number {
    const output = this.add(activation(dims, 0.05, -3));
    this.operators.push({ kind, inputs, outputs: [output], options });
    return output;
  }

  weights(dims: readonly number[], axis: number): number {
    const values = Array.from({ length: product(dims) }, (_, i) => ((i * 37) % 255) - 127);
    return this.add(int8(values, dims, new Array<number>(dims[axis]).fill(0.004), { axis }));
  }

  conv(from: number, channels: number, options: OperatorSpec['options'] = {}, groups = 1): number {
    const [, height, width, inputs] = this.tensors[from].dims;
    const weights = this.weights([channels, 1, 1, inputs / groups], 0);
    return this.op('CONV_2D', [from, weights], [1, height, width, channels], { ...window, ...options });
  }

  depthwise(from: number, kernel: number, options: OperatorSpec['options'] = {}, stride = 1): number {
    const [, height, width, channels] = this.tensors[from].dims;
    const weights = this.weights([1, kernel, kernel, channels], 3);
    const dims = [1, height / stride, width / stride, channels];
    return this.op('DEPTHWISE_CONV_2D', [from, weights], dims, {
      ...window,
      stride_w: stride,
      stride_h: stride,
      ...options,
    });
  }
}

/** The lines of the model.ts between input and result, and whether it makes the graph that the file makes. */
async function written(network: NetworkSpec) {
  const imported = importNetwork(network);
  const [model, weights, file] = ['ts', 'safetensors', 'tflite'].map(kind => join(directory, `net.${kind}`));
  const text = writeModel(imported, 'for a test');
  writeFileSync(model, text);
  writeFileSync(weights, writeQuantised(imported));
  writeFileSync(file, writeTflite(network));
  const { graph } = await loadQuantisedModel({ model, weights }, new Session());
  const plain = (printed: string) => printed.replace(/ @ .*$/gm, '');
  expect(plain(printGraph(graph))).toBe(plain(printGraph(loadImportedModel(file, new Session()).graph)));
  return text.split('\n').filter(line => line.startsWith('  const ') && !line.includes('= input('));
}

describe('blocks that import recognises', () => {
  it('mobilenetBlock', async () => {
    const net = new Net();
    net.conv(net.depthwise(net.conv(net.depthwise(0, 3, relu6), 16, relu6), 5, relu, 2), 12, relu);
    expect(await written(net)).toEqual([
      "  const block1 = mobilenetBlock(image, { name: 'block1', channels: 16, activation: 'relu6', batchNorm: 'none' });",
      "  const block2 = mobilenetBlock(block1, { name: 'block2', channels: 12, kernel: 5, stride: 2, batchNorm: 'none' });",
    ]);
  });

  it('invertedResidual, with a shortcut and without', async () => {
    const net = new Net();
    const first = net.conv(net.depthwise(net.conv(0, 16, relu6), 3, relu6), 8);
    const sum = net.op('ADD', [0, first], [1, 8, 8, 8]);
    const second = net.conv(net.depthwise(sum, 3, relu6, 2), 4);
    net.conv(net.depthwise(net.conv(second, 24, relu), 3, relu), 8);
    expect(await written(net)).toEqual([
      "  const block1 = invertedResidual(image, { name: 'block1', channels: 8, expansion: 2, batchNorm: 'none' });",
      "  const block2 = invertedResidual(block1, { name: 'block2', channels: 4, expansion: 1, stride: 2, batchNorm: 'none' });",
      "  const block3 = invertedResidual(block2, { name: 'block3', channels: 8, activation: 'relu', batchNorm: 'none' });",
    ]);
  });

  it('shufflenetUnit', async () => {
    const net = new Net();
    const reduced = net.conv(0, 4, relu, 2);
    const parts = net.op('RESHAPE', [reduced, net.add(int32([1, 8, 8, 2, 2]))], [1, 8, 8, 2, 2]);
    const turned = net.op('TRANSPOSE', [parts, net.add(int32([0, 1, 2, 4, 3]))], [1, 8, 8, 2, 2]);
    const shuffled = net.op('RESHAPE', [turned, net.add(int32([1, 8, 8, 4]))], [1, 8, 8, 4]);
    const made = net.conv(net.depthwise(shuffled, 3), 8, {}, 2);
    net.op('ADD', [0, made], [1, 8, 8, 8], relu);
    expect(await written(net)).toEqual([
      "  const block1 = shufflenetUnit(image, { name: 'block1', channels: 8, groups: 2, bottleneck: 4, batchNorm: 'none' });",
    ]);
  });

  it('mixConv of a SPLIT, whose parts all come first', async () => {
    const net = new Net();
    const parts = [0, 1].map(() => net.add(activation([1, 8, 8, 4], 0.05, -3)));
    net.operators.push({ kind: 'SPLIT', inputs: [net.add(int32([3], [])), 0], outputs: parts, options: {} });
    const convs = parts.map((part, i) => net.depthwise(part, 3 + 2 * i, relu));
    const joined = net.op('CONCATENATION', convs, [1, 8, 8, 8], { axis: 3 });
    net.conv(joined, 4);
    expect(await written(net)).toEqual([
      "  const block1 = mixConv(image, { name: 'block1', kernels: [3, 5], batchNorm: 'none' });",
      expect.stringContaining("conv(block1, { name: 'conv4'"),
    ]);
  });

  it('none whose inner tensor somebody else reads, or is the output', async () => {
    const net = new Net();
    const inner = net.depthwise(0, 3, relu);
    const made = net.conv(inner, 8, relu);
    net.op('ADD', [inner, made], [1, 8, 8, 8]);
    expect((await written(net)).join()).not.toContain('Block');
    const output = new Net();
    const last = output.depthwise(0, 3, relu);
    output.conv(last, 8, relu);
    const network = { tensors: output.tensors, operators: output.operators, outputs: [last] };
    expect((await written(network)).join()).not.toContain('Block');
  });

  it('invertedResidual whose sum is in the other order', async () => {
    const net = new Net();
    const first = net.conv(net.depthwise(net.conv(0, 16, relu6), 3, relu6), 8);
    net.op('ADD', [first, 0], [1, 8, 8, 8]);
    expect(await written(net)).toEqual([
      "  const block1 = invertedResidual(image, { name: 'block1', channels: 8, expansion: 2, batchNorm: 'none' });",
    ]);
  });

  it('none of another wiring', async () => {
    const net = new Net();
    const inner = net.depthwise(0, 3, relu);
    const aside = net.conv(0, 8, relu);
    net.op('ADD', [inner, aside], [1, 8, 8, 8]);
    expect((await written(net)).join()).not.toContain('Block');
  });
});
