import type { IntegerGraph, Node } from '../../src/ir/graph.js';
import type { Constant } from '../../src/ir/tensor.js';
import { Random } from '../../src/numeric/random.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, type QuantisedModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { buildModel } from '../ops/models.js';

/** A number from 0 to `below` - 1. */
type Draw = (below: number) => number;

/** A chain of layers of all kinds that there are rules for, and of some that there are none for. `x` has always 12 channels. */
function chain(draw: Draw): string {
  const pick = <T>(of: readonly T[]): T => of[draw(of.length)];
  const window = () => `kernel: [${1 + draw(3)}, ${1 + draw(3)}], padding: '${pick(['same', 'same', 'valid'])}'`;
  const same = () => `kernel: [${1 + draw(3)}, ${1 + draw(3)}], padding: 'same'`;
  const conv = (from = 'x') =>
    `conv(${from}, { channels: 12, ${draw(2) === 0 ? 'kernel: 1' : same()}, groups: ${pick([1, 1, 1, 1, 3])} })`;
  const relu = (of: string) =>
    `activation(${of}, ${pick(["'relu'", "'relu'", "'relu6'", "{ kind: 'leakyRelu', slope: 0.2 }", "{ kind: 'prelu' }", "'sigmoid'"])})`;
  const layers: readonly (() => string)[] = [
    () => conv(),
    () => relu(conv()),
    () => relu(conv()),
    () => relu(conv()),
    () => `batchNorm(${relu(conv())})`,
    () => relu(`depthwiseConv(x, { ${same()} })`),
    () => `depthwiseConv(x, { ${same()} })`,
    () => `conv(${relu('depthwiseConv(x, { kernel: 1, multiplier: 2 })')}, { channels: 12, kernel: 1 })`,
    () => `${pick(['maxPool', 'avgPool'])}(x, { kernel: 2, stride: 1, padding: 'same' })`,
    () => `${pick(['add', 'sub', 'mul'])}(x, ${relu(conv())})`,
    () => `mul(x, activation(conv(mean(x), { channels: 12, kernel: 1 }), 'sigmoid'))`,
    () => `add(x, conv(x, { channels: 1, kernel: 1 }))`,
    () => `lookup(x, { perChannel: ${pick([true, false])} })`,
    () => `channelShuffle(add(x, x), { groups: ${pick([2, 3, 4])} })`,
    () => `conv(concat([x, slice(x, { from: ${draw(4)}, channels: 5 }), x]), { channels: 12, kernel: 1 })`,
    () => `concat([slice(x, { from: 0, channels: 7 }), slice(${relu(conv())}, { from: 3, channels: 5 })])`,
    () => `conv(pad(x, { padding: { top: 1, left: 1 }, value: ${pick([0, 0.5])} }), { channels: 12, kernel: 2 })`,
    () => `conv(reshape(x, { height: 4, width: 10, channels: 6 }), { channels: 12, kernel: [1, 2], stride: [1, 2] })`,
  ];
  const lines = Array.from({ length: 3 + draw(5) }, () => `x = ${pick(layers)()};`);
  const ends = [
    'x = dense(x, { units: 5 });',
    `x = ${relu('dense(flatten(x), { units: 8 })')}; x = dense(x, { units: 3 });`,
    "x = softmax(dense(activation(flatten(x, { order: 'NCHW' }), 'tanh'), { units: 4 }));",
    'x = argmax(dense(x, { units: 4 }));',
    `x = conv(x, { channels: 3, ${window()} });`,
    '',
  ];
  return `x = ${relu('conv(x, { channels: 12, kernel: 1 })')}; ${lines.join(' ')} ${pick(ends)}`;
}

/** The parameters of a layer with filters of zeros, single weights of zero, and biases that a relu never lets through. */
function prunedNode(node: Node, draw: Draw): Node {
  const { weight, bias } = node.constants;
  if (weight === undefined || bias === undefined || weight.dtype !== 'i8') return node;
  const weights = Int8Array.from(weight.data);
  const biases = Int32Array.from(bias.data);
  const perOutput = weights.length / biases.length;
  const inputs = weight.shape[3];
  const columns = draw(3);
  for (let o = 0; o < biases.length; o++) {
    const kind = draw(6);
    for (let i = 0; i < perOutput; i++) {
      if (kind === 0 || (kind === 1 && draw(2) === 0) || (i % inputs) % 3 === columns) weights[o * perOutput + i] = 0;
    }
    if (kind === 2 || (kind === 0 && draw(2) === 0))
      biases[o] = (kind === 2 ? -1 : 1 - 2 * draw(2)) * 256 * 127 * (1 + draw(perOutput + 1));
  }
  const constants: Record<string, Constant> = {
    ...node.constants,
    weight: { ...weight, data: weights },
    bias: { ...bias, data: biases },
  };
  return { ...node, constants };
}

export function prunedModel(model: QuantisedModel, draw: Draw): QuantisedModel {
  return { ...model, graph: { ...model.graph, nodes: model.graph.nodes.map(node => prunedNode(node, draw)) } };
}

export function drawFrom(name: string): Draw {
  const random = new Random(name);
  return below => (random.word() >>> 1) % below;
}

/** An integer graph of random layers, with many weights of zero. */
export async function randomPruned(seed: number, rounding: Rounding): Promise<IntegerGraph> {
  const draw = drawFrom(`pruned ${seed}`);
  const { fused, images } = await buildModel(`p${seed}`, 'height: 4, width: 5, channels: 6', chain(draw));
  const quantised = quantiseGraph(fused, await calibrate(fused, images.slice(0, 2)), rounding);
  return lowerModel(prunedModel(quantised, draw));
}
