import { expect, it } from 'vitest';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { compareRoundings } from '../../src/run/compare-roundings.js';
import { randomVectors } from '../../src/run/vectors.js';
import { makeModel } from '../ops/models.js';

it('tells what a layer changes by itself from what the layers before it do', async () => {
  const { fused, images } = await makeModel('normAfter');
  const histograms = await calibrate(fused, images);
  const [native, tflite] = (['native', 'tflite'] as const).map(r => lowerModel(quantiseGraph(fused, histograms, r)));
  const vectors = randomVectors(60, images[0].length);
  const tensors = await referenceTensors(native, vectors);
  const { layers, vectors: changed } = await compareRoundings(native, tensors, tflite, vectors);
  const [first, second] = layers;
  expect(first.alone).toBeGreaterThan(0);
  expect(first.together).toBe(first.alone);
  // The same values counted by hand.
  const others = await referenceTensors(tflite, vectors);
  const count = (name: string) =>
    vectors.reduce((sum, _, v) => {
      const [a, b] = [tensors[v].get(name) ?? [], others[v].get(name) ?? []];
      return sum + Array.from(a).filter((x, i) => x !== b[i]).length;
    }, 0);
  expect(second.together).toBe(count(second.name));
  expect(second.together).not.toBe(second.alone);
  expect(changed).toBeGreaterThan(0);
  expect(changed).toBeLessThanOrEqual(vectors.length);
});
