import { describe, expect, it } from 'vitest';
import { FloatNetwork, isLinear } from '../../src/interpreter/float-network.js';
import { integerLayer } from '../../src/interpreter/linear-layer.js';
import { runFloat, runReference } from '../../src/interpreter/reference.js';
import { type FloatGraph, GraphIndex } from '../../src/ir/graph.js';
import type { TensorData } from '../../src/ir/tensor.js';
import { opOf } from '../../src/ops/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { equalise } from '../../src/quantize/equalise.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { randomVectors } from '../../src/run/vectors.js';
import { makeModel, models } from '../ops/models.js';

function largestOf(graph: FloatGraph, images: readonly Float32Array[]): Map<string, Float64Array> {
  return new Map(
    graph.nodes.map(node => {
      const { channels } = node.type.shape;
      const largest = new Float64Array(channels);
      for (const image of images) {
        const values = runFloat(graph, image).get(node.name) ?? [];
        for (let i = 0; i < values.length; i++)
          largest[i % channels] = Math.max(largest[i % channels], Math.abs(values[i]));
      }
      return [node.name, largest];
    }),
  );
}

const closeTo = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i] - expected[i])).toBeLessThan(1e-4 * (1 + Math.abs(expected[i])));
};

describe.each(Object.keys(models))('%s', name => {
  it('the fast layers compute what the ops define', async () => {
    const { fused, images } = await makeModel(name);
    const network = new FloatNetwork(fused);
    const integer = lowerModel(quantiseGraph(fused, await calibrate(fused, images), 'tflite'));
    const index = new GraphIndex(integer);
    for (const image of images) {
      const [fast, slow] = [network.run(image), runFloat(fused, image)];
      for (const node of fused.nodes) closeTo(fast.get(node.name) ?? [], slow.get(node.name) ?? []);
    }
    const input = integer.nodes[0];
    const [vector] = randomVectors(1, images[0].length);
    const tensors = runReference(integer, new Int8Array(vector));
    for (const node of integer.nodes) {
      if (!isLinear(node)) continue;
      const source = index.node(node.inputs[0]);
      const patches = opOf(node).patches?.(node, source.type.shape);
      if (patches === undefined) throw new Error('a linear op has patches');
      const data: TensorData = tensors.get(source.name) ?? new Int8Array();
      const zeroPoint = source.type.quantisation?.zeroPoint ?? 0;
      expect(integerLayer(node, patches, zeroPoint)(data), node.name).toEqual(tensors.get(node.name));
    }
    expect(input.inputs).toEqual([]);
  });

  it('equalisation keeps the result', async () => {
    const { fused, images } = await makeModel(name);
    const equalised = equalise(fused, largestOf(fused, images));
    for (const image of images) {
      closeTo(runFloat(equalised, image).get(fused.output) ?? [], runFloat(fused, image).get(fused.output) ?? []);
    }
  });
});

describe('equalisation', () => {
  it('brings the channels before a depthwise layer to one size', async () => {
    const { fused, images } = await makeModel('block');
    const before = largestOf(fused, images);
    const after = largestOf(equalise(fused, before), images);
    const reader = fused.nodes.find(node => node.op === 'depthwiseConv');
    const ratio = (values: Float64Array | undefined) => {
      const heard = [...(values ?? [])].filter(v => v > 0);
      return Math.max(...heard) / Math.min(...heard);
    };
    const name = reader?.inputs[0] ?? '';
    expect(ratio(before.get(name))).toBeGreaterThan(1.5);
    expect(ratio(after.get(name))).toBeLessThan(1.001);
  });
});
