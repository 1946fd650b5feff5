import { expect, it } from 'vitest';
import { inputAt } from '../../src/frontend/arrays/images.js';
import { bindRandom, randomImages } from '../../src/frontend/weights/random.js';
import { runFloat } from '../../src/interpreter/reference.js';
import type { FloatGraph } from '../../src/ir/graph.js';
import { Random } from '../../src/numeric/random.js';
import { opOf } from '../../src/ops/index.js';
import { sourceOf } from '../../src/pipeline/index.js';
import { estimateStatistics } from '../../src/quantize/estimate-statistics.js';
import { readText } from '../frontend/read-text.js';

async function read(input: string, body: string): Promise<FloatGraph> {
  const words = ['activation', 'batchNorm', 'conv', 'dense', 'depthwiseConv'].filter(word => body.includes(`${word}(`));
  const { graph, diagnostics } = await readText(
    `import { defineModel, input, ${words.join(', ')} } from 'effnetc';\n` +
      `export default defineModel('net', () => {\n  let x = input({ ${input} });\n  ${body}\n  return x;\n});\n`,
  );
  return graph ?? expect.fail(diagnostics.map(d => d.message).join());
}

const pixels = 'height: 8, width: 8, channels: 4, scale: 1 / 255, zeroPoint: -128';
const all =
  "x = conv(x, { name: 'c', channels: 64, kernel: 3 }); x = batchNorm(x, { name: 'n' }); x = activation(x, { kind: 'prelu', name: 'p' }); x = depthwiseConv(x, { name: 'd', kernel: [1, 3] }); x = dense(x, { name: 'f', units: 50 });";

function parameter(graph: FloatGraph, node: string, role: string): readonly number[] {
  return Array.from(graph.nodes.find(n => n.name === node)?.constants[role]?.data ?? expect.fail(`${node}.${role}`));
}

const deviation = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

it('the generator gives these numbers, on any machine', () => {
  const random = new Random('1/c.weight');
  expect([random.word(), random.word(), random.word()]).toMatchInlineSnapshot(`
    [
      1253071145,
      2431065684,
      3485599015,
    ]
  `);
  expect([random.uniform(-1, 1), random.bell(), random.bell()]).toMatchInlineSnapshot(`
    [
      0.4273762949742377,
      -0.34505962942645463,
      -1.27875039140392,
    ]
  `);
});

it('the generator is flat and bell-shaped where it says so', () => {
  const random = new Random('shape');
  const flat = Array.from({ length: 20_000 }, () => random.uniform(-1, 1));
  expect(Math.min(...flat)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...flat)).toBeLessThan(1);
  expect(deviation(flat)).toBeCloseTo(1 / Math.sqrt(3), 1);
  const bell = Array.from({ length: 20_000 }, () => random.bell());
  expect(bell.reduce((a, b) => a + b, 0) / bell.length).toBeCloseTo(0, 1);
  expect(deviation(bell)).toBeCloseTo(1, 1);
  // Of a normal distribution, 68 % lie within one deviation.
  expect(bell.filter(x => Math.abs(x) < 1).length / bell.length).toBeCloseTo(0.68, 1);
});

it('parameters are of the size that trained ones have', async () => {
  const graph = bindRandom(await read(pixels, all), 1, opOf);
  expect(deviation(parameter(graph, 'c', 'weight'))).toBeCloseTo(Math.sqrt(2 / 36), 2);
  expect(deviation(parameter(graph, 'd', 'weight'))).toBeCloseTo(Math.sqrt(2 / 3), 1);
  expect(deviation(parameter(graph, 'f', 'weight'))).toBeCloseTo(Math.sqrt(2 / (6 * 4 * 64)), 3);
  for (const [node, role, low, high] of [
    ['c', 'bias', -0.1, 0.1],
    ['n', 'variance', 0.5, 1.5],
    ['n', 'gamma', -0.1, 1.9],
    ['p', 'slope', 0.1, 0.3],
  ] as const) {
    const values = parameter(graph, node, role);
    expect(Math.min(...values), role).toBeGreaterThanOrEqual(Math.fround(low));
    expect(Math.max(...values), role).toBeLessThanOrEqual(Math.fround(high));
    expect(new Set(values).size, role).toBeGreaterThan(values.length / 2);
  }
  expect(graph.nodes.find(node => node.name === 'n')?.attributes.epsilon).toBe(1e-5);
});

it('a layer keeps its values when another one is added, and changes them with the seed', async () => {
  const short = await read(pixels, "x = conv(x, { name: 'c', channels: 64, kernel: 3 });");
  const weight = (graph: FloatGraph, seed: number) => parameter(bindRandom(graph, seed, opOf), 'c', 'weight');
  expect(weight(short, 1)).toEqual(weight(await read(pixels, all), 1));
  expect(weight(short, 1)).not.toEqual(weight(short, 2));
});

it('images have every value that the input can have', async () => {
  const imagesFor = async (input: string) => randomImages(sourceOf(await read(input, all)), 1);
  const quantised = await imagesFor(pixels);
  expect(quantised).toMatchObject({ count: 2, kind: 'quantised' });
  expect([Math.min(...quantised.data), Math.max(...quantised.data)]).toEqual([-128, 127]);
  expect(inputAt(quantised, 0)).not.toEqual(inputAt(quantised, 1));
  const free = await imagesFor('height: 8, width: 8, channels: 4');
  expect(free).toMatchObject({ count: 2, kind: 'pixels' });
});

it('batch norms get the statistics of the images, and silent channels no large factor', async () => {
  const graph = bindRandom(await read(pixels, all), 1, opOf);
  const images = [0, 1].map(i => Float32Array.from(inputAt(randomImages(sourceOf(graph), 1), i), q => (q + 128) / 255));
  const settled = await estimateStatistics(graph, images);
  const channel = (node: string, c: number) =>
    images.flatMap(image => Array.from(runFloat(settled, image).get(node) ?? []).filter((_, i) => i % 64 === c));
  for (const c of [0, 63]) {
    const [gamma, beta] = ['gamma', 'beta'].map(role => parameter(settled, 'n', role)[c]);
    const values = channel('n', c);
    expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(beta, 4);
    expect(deviation(values.map(x => x - beta))).toBeCloseTo(Math.abs(gamma), 2);
  }
  expect(parameter(settled, 'c', 'weight')).toEqual(parameter(graph, 'c', 'weight'));

  const black = await estimateStatistics(graph, [new Float32Array(images[0].length)]);
  expect(new Set(parameter(black, 'n', 'variance'))).toEqual(new Set([1]));
});
