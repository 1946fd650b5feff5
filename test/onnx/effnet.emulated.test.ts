import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { readModel } from '../../src/frontend/read-model.js';
import { bindWeights } from '../../src/frontend/weights/bind.js';
import { bindRandom } from '../../src/frontend/weights/random.js';
import { readWeightsFile } from '../../src/frontend/weights/weights-file.js';
import type { Graph } from '../../src/ir/graph.js';
import { opOf, opTable } from '../../src/ops/index.js';
import { packageRoot } from '../../src/package-root.js';
import { loadFloatModel, loadFloatOnnx } from '../../src/pipeline/index.js';
import { Workspace } from '../cli/workspace.js';
import { example } from '../e2e/demo-network.js';
import { onnxOf } from './from-graph.js';
import { compareFloat, importModel } from './run.js';
import { writeOnnx } from './write-onnx.js';

const model = join(example, 'model.ts');
const weights = join(example, 'effnet_relu.npz');
const images = join(example, 'data', 'test_images.npy');
const labels = join(example, 'data', 'test_labels.npy');
const calibration = join(example, 'data', 'calibration_images.npy');

const user = new Workspace();
afterAll(() => user.remove());

/** EffNet for CIFAR-10 with its trained weights, as PyTorch exports it. */
async function exported() {
  const session = new Session();
  const graph = await readModel(model, { ops: opTable, session });
  return onnxOf(bindWeights(graph, readWeightsFile(weights), opOf, session));
}

const constantsOf = (graph: Graph) => graph.nodes.slice(1).map(({ op, constants }) => [op, constants]);

describe('EffNet from a PyTorch-style ONNX', () => {
  beforeAll(async () => user.write('effnet_cifar10.onnx', writeOnnx(await exported())));

  it('is, fused, the float network of model.ts and the .npz, number for number', async () => {
    const expected = await loadFloatModel({ model, weights }, new Session());
    const found = loadFloatOnnx(join(user.directory, 'effnet_cifar10.onnx'), new Session());
    expect(constantsOf(found)).toEqual(constantsOf(expected));
  });

  it('equals ONNX Runtime within 1e-4', async () => {
    expect((await compareFloat(await exported(), { range: [0, 1] })).difference).toBeLessThan(1e-4);
  });

  it('goes through quantize, verify and evaluate as the .npz does', async () => {
    const quantize = (from: string, to: string) =>
      user.run(`quantize ${from} --calibration ${calibration} --limit 24 -o ${to}`);
    expect(await quantize('effnet_cifar10.onnx', 'q.safetensors')).toMatchObject({ code: 0 });
    expect(await quantize(`${model} --weights ${weights}`, 'npz.safetensors')).toMatchObject({ code: 0 });
    const tensors = (file: string) => [...readWeightsFile(join(user.directory, file)).tensors];
    const kept = (file: string) => tensors(file).filter(([name]) => name.endsWith('.weight'));
    const [found, expected] = [kept('q.safetensors'), kept('npz.safetensors')];
    const bytes = (list: typeof found) => list.map(([, { data }]) => `${Array.from(data)}`).sort();
    expect(found.length).toBe(13);
    expect(bytes(found)).toEqual(bytes(expected));

    const verify = await user.run('verify effnet_cifar10.onnx --weights q.safetensors --target host --random 2 --json');
    expect(JSON.parse(verify.stdout)).toMatchObject({ model: 'effnet_cifar10', bitExact: true });
    const evaluate = async (options: string) => {
      const run = await user.run(`evaluate ${options} --images ${images} --labels ${labels} --driver host --json`);
      return JSON.parse(run.stdout).correct as number;
    };
    const correct = await evaluate('effnet_cifar10.onnx --weights q.safetensors');
    expect(correct).toBe(await evaluate(`${model} --weights npz.safetensors`));
    expect(correct).toBeGreaterThan(75);
  }, 120_000);

  it('becomes a model.ts and float weights, which quantise to the same', async () => {
    expect(await user.run('import effnet_cifar10.onnx -o written')).toMatchObject({ code: 0 });
    const written = join(user.directory, 'written', 'effnet_cifar10');
    const text = readFileSync(`${written}.ts`, 'utf8');
    expect(text).toContain("effnetBlock(block1, { name: 'block2', channels: 128, epsilon: 0.00001 })");
    expect(text).not.toContain('conv(');
    const found = await loadFloatModel({ model: `${written}.ts`, weights: `${written}.safetensors` }, new Session());
    const direct = loadFloatOnnx(join(user.directory, 'effnet_cifar10.onnx'), new Session());
    expect(found.nodes.map(({ name }) => name)).toEqual(direct.nodes.map(({ name }) => name));
    expect(constantsOf(found)).toEqual(constantsOf(direct));
  });
});

it('MobileNet from a PyTorch-style ONNX has its blocks', async () => {
  const path = join(packageRoot(), 'examples', 'paper', 'mobilenet-svhn.ts');
  const graph = await readModel(path, { ops: opTable, session: new Session() });
  const imported = importModel(onnxOf(bindRandom(graph, 1, opOf)));
  expect(imported.blocks.map(({ kind, options }) => [kind, options])).toEqual([
    ['mobilenetBlock', { channels: 24, stride: 2, epsilon: 0.00001 }],
    ['mobilenetBlock', { channels: 48, stride: 2, epsilon: 0.00001 }],
  ]);
});
