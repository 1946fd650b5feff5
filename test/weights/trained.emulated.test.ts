import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import type { NumericArray } from '../../src/frontend/arrays/elements.js';
import { permute } from '../../src/frontend/arrays/permute.js';
import { readModel } from '../../src/frontend/read-model.js';
import { bindWeights } from '../../src/frontend/weights/bind.js';
import { writeSafetensors } from '../../src/frontend/weights/safetensors.js';
import { parseWeightsFile, readWeightsFile, type WeightsFile } from '../../src/frontend/weights/weights-file.js';
import type { FloatGraph } from '../../src/ir/graph.js';
import { opOf, opTable } from '../../src/ops/index.js';

const bind = (graph: FloatGraph, file: WeightsFile) => bindWeights(graph, file, opOf, new Session());
const data = '../shared/data/effnet-cifar10';

/** The state dict as Keras would have it: HWIO kernels, one layer for each batch norm. */
function asKeras(file: WeightsFile): WeightsFile {
  const suffixes: Record<string, string> = {
    weight: 'gamma',
    bias: 'beta',
    running_mean: 'moving_mean',
    running_var: 'moving_variance',
  };
  const tensors = new Map<string, NumericArray>();
  for (const [name, tensor] of file.tensors) {
    const [, layer, position, suffix] = /^(.*?)(?:\.(\d))?\.(\w+)$/.exec(name) ?? [];
    if (suffix === 'num_batches_tracked') continue;
    const keras = layer.replace('.', '_');
    const { dtype, shape } = tensor;
    const moved = (axes: number[]) => ({ dtype, ...permute(tensor.data, shape, axes) });
    if (layer === 'fc')
      tensors.set(`effnet/fc/${suffix === 'bias' ? 'bias' : 'kernel'}`, suffix === 'bias' ? tensor : moved([1, 0]));
    else if (position !== '0') tensors.set(`effnet/${keras}_bn/${suffixes[suffix]}`, tensor);
    // Depthwise kernels are [C, 1, h, w] in PyTorch and [h, w, C, 1] in Keras.
    else tensors.set(`effnet/${keras}/kernel`, moved(/dw\d$/.test(layer) ? [2, 3, 0, 1] : [2, 3, 1, 0]));
  }
  return parseWeightsFile('keras.safetensors', writeSafetensors(tensors));
}

describe.skipIf(!existsSync(data))(
  'the examples with their trained weights (skipped where ../shared/data is absent)',
  () => {
    it.each([
      ['model.ts', 'effnet_relu.npz'],
      ['leaky-postbn.ts', 'effnet_leaky_postbn.npz'],
    ])(
      '%s takes %s, in PyTorch and in Keras layout',
      async (model, weights) => {
        const graph = await readModel(`examples/effnet-cifar10/${model}`, { ops: opTable, session: new Session() });
        const file = readWeightsFile(`${data}/${weights}`);
        const pytorch = bind(graph, file);
        const keras = bind(graph, asKeras(file));
        expect(keras.nodes.map(n => n.constants)).toEqual(pytorch.nodes.map(n => n.constants));
        const epsilons = (g: FloatGraph) => new Set(g.nodes.flatMap(n => n.attributes.epsilon ?? []));
        expect([...epsilons(pytorch)]).toEqual([1e-5]);
        expect([...epsilons(keras)]).toEqual([1e-3]);
      },
      30_000,
    );
  },
);
