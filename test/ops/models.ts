import { blockTable } from '../../src/frontend/blocks/index.js';
import { type FloatGraph, GraphIndex, type Node } from '../../src/ir/graph.js';
import { constant } from '../../src/ir/tensor.js';
import { opTable } from '../../src/ops/index.js';
import { floatPasses, runPasses } from '../../src/passes/index.js';
import { readText } from '../frontend/read-text.js';
import { inTurn, type Noise, noiseFrom } from './noise.js';

/** What a model may import, read from the tables. */
const words = [
  'defineModel',
  ...[...opTable.values()].filter(op => op.vocabulary !== undefined).map(({ kind }) => kind),
  ...blockTable.keys(),
];

/** Models that use each op in its corners: strides, uneven padding, groups, multipliers, batch norm on either side. */
export const models: Readonly<Record<string, readonly [input: string, body: string]>> = {
  conv: [
    'height: 7, width: 5, channels: 4',
    "x = conv(x, { channels: 6, kernel: [3, 2], stride: [2, 1], padding: 'same' }); x = activation(x, 'relu6');",
  ],
  grouped: [
    'height: 5, width: 6, channels: 6',
    'x = conv(x, { channels: 9, kernel: 3, groups: 3, padding: { left: 2, bottom: 1 } }); x = conv(x, { channels: 4, kernel: [2, 1], bias: false });',
  ],
  depthwise: [
    'height: 9, width: 7, channels: 3',
    "x = depthwiseConv(x, { kernel: 3, multiplier: 2, stride: 2, padding: 1 }); x = activation(x, { kind: 'leakyRelu', slope: 0.3 }); x = depthwiseConv(x, { kernel: [1, 3], padding: [0, 1] });",
  ],
  prelu: [
    'height: 4, width: 4, channels: 3',
    "x = conv(x, { channels: 5, kernel: 1 }); x = activation(x, { kind: 'prelu' }); x = maxPool(x, { kernel: 3, stride: 2, padding: 1 }); x = activation(x, { kind: 'prelu' });",
  ],
  normAfter: [
    'height: 6, width: 6, channels: 3',
    "x = conv(x, { channels: 7, kernel: 3 }); x = activation(x, { kind: 'leakyRelu', slope: 0.1 }); x = batchNorm(x); x = depthwiseConv(x, { kernel: 3, padding: 1 }); x = activation(x, 'relu'); x = batchNorm(x);",
  ],
  normAlone: [
    'height: 5, width: 5, channels: 4',
    "x = batchNorm(x); x = maxPool(x, { kernel: 2 }); x = activation(x, { kind: 'leakyRelu', slope: 0.5 }); x = conv(x, { channels: 3, kernel: 1 }); x = activation(x, 'relu6'); x = batchNorm(x);",
  ],
  pools: [
    'height: 8, width: 7, channels: 5',
    "x = avgPool(x, { kernel: 3, stride: 2, padding: 1 }); x = maxPool(x, { kernel: [1, 2], padding: 'same' }); x = conv(x, { channels: 3, kernel: 1 }); x = avgPool(x);",
  ],
  nchw: [
    'height: 3, width: 4, channels: 5',
    "x = flatten(x, { order: 'NCHW' }); x = dense(x, { units: 7 }); x = activation(x, 'relu'); x = dense(x, { units: 4 }); x = softmax(x);",
  ],
  flattened: [
    'height: 3, width: 2, channels: 3',
    "x = conv(x, { channels: 4, kernel: 1 }); x = flatten(x, { order: 'NCHW' }); x = activation(x, { kind: 'leakyRelu', slope: 0.2 }); x = argmax(x);",
  ],
  thin: [
    'height: 1, width: 1, channels: 17',
    "x = conv(x, { channels: 1, kernel: 3, padding: 'same' }); x = flatten(x); x = softmax(x);",
  ],
  block: [
    'height: 8, width: 8, channels: 3',
    "x = effnetBlock(x, { name: 'b', channels: 12, batchNorm: 'after', activation: { kind: 'leakyRelu', slope: 0.3 } }); x = dense(x, { units: 5 }); x = argmax(x);",
  ],
  // Two branches of scales far apart, the sum clamped; then the input of a conv is also an operand, and one tensor is both.
  residual: [
    'height: 5, width: 3, channels: 4',
    "const y = conv(x, { channels: 4, kernel: 3, padding: 'same' }); x = activation(add(y, x), 'relu'); x = add(conv(x, { channels: 4, kernel: 1 }), activation(x, 'relu')); x = activation(x, 'relu6'); x = add(x, x);",
  ],
  // What cannot be fused after a sum: a sum that two ops read, other activations, batch norms on either side.
  residualTables: [
    'height: 4, width: 3, channels: 3',
    "const sum = add(x, conv(x, { channels: 3, kernel: 1 })); x = add(sum, activation(sum, 'relu')); x = activation(x, { kind: 'leakyRelu', slope: 0.3 }); x = batchNorm(add(x, batchNorm(x))); x = activation(add(x, maxPool(x, { kernel: 3, stride: 1, padding: 1 })), { kind: 'prelu' });",
  ],
  // Channels in fours, for kernels that take 4 bytes at a time: padding on every side, strides, one column, odd counts.
  fours: [
    'height: 7, width: 9, channels: 4',
    "x = conv(x, { channels: 8, kernel: 3, padding: 'same' }); x = depthwiseConv(x, { kernel: 3, stride: 2, padding: 1 }); x = activation(x, 'relu'); x = conv(x, { channels: 12, kernel: [1, 2], padding: { right: 1 } }); x = depthwiseConv(x, { kernel: [2, 5], padding: { top: 1, left: 2, right: 3 } }); x = conv(x, { channels: 20, kernel: [3, 1], padding: [1, 0] }); x = activation(x, 'relu6'); x = depthwiseConv(x, { kernel: [3, 1] }); x = conv(x, { channels: 5, kernel: 1 }); x = dense(x, { units: 6 });",
  ],
  // Other epilogues than one factor, one offset and the range of int8.
  foursTwoSlopes: [
    'height: 5, width: 6, channels: 8',
    "x = conv(x, { channels: 6, kernel: 1 }); x = activation(x, { kind: 'leakyRelu', slope: 0.3 }); x = batchNorm(x); x = conv(x, { channels: 8, kernel: [2, 3] }); x = activation(x, { kind: 'prelu' }); x = depthwiseConv(x, { kernel: [1, 3], padding: [0, 1] }); x = activation(x, 'relu'); x = batchNorm(x);",
  ],
  // Channels that fill vectors of 16 and that do not, inputs that take loops and that do not, for kernels that take 16 at a time.
  vectors: [
    'height: 6, width: 8, channels: 3',
    "x = conv(x, { channels: 36, kernel: 1 }); x = depthwiseConv(x, { kernel: 3, padding: 1 }); x = activation(x, 'relu'); x = conv(x, { channels: 17, kernel: 1 }); x = maxPool(x, { kernel: 2 }); x = depthwiseConv(x, { kernel: [2, 3], stride: [1, 2], padding: { top: 1, left: 1, right: 1 } }); x = conv(x, { channels: 48, kernel: 3, padding: 'same' }); x = conv(x, { channels: 16, kernel: 1 }); x = maxPool(x, { kernel: 3, stride: 1, padding: 1 }); x = conv(x, { channels: 130, kernel: 1 }); x = depthwiseConv(x, { kernel: [1, 2] }); x = conv(x, { channels: 20, kernel: [3, 1] }); x = dense(x, { units: 33 }); x = dense(x, { units: 2 });",
  ],
  vectorsTwoSlopes: [
    'height: 4, width: 5, channels: 40',
    "x = conv(x, { channels: 21, kernel: 1 }); x = activation(x, { kind: 'leakyRelu', slope: 0.3 }); x = batchNorm(x); x = depthwiseConv(x, { kernel: 3, padding: 1 }); x = activation(x, { kind: 'prelu' }); x = conv(x, { channels: 32, kernel: [2, 3] }); x = activation(x, 'relu6'); x = depthwiseConv(x, { kernel: [1, 3], padding: [0, 1] }); x = activation(x, 'relu'); x = batchNorm(x); x = dense(x, { units: 7 }); x = activation(x, 'relu6');",
  ],
  // For kernels without SIMD: tiles of 8 with and without a rest, over several blocks of channels, with and without relu.
  tiles: [
    'height: 3, width: 15, channels: 4',
    "x = conv(x, { channels: 18, kernel: [1, 3], padding: [0, 1] }); x = activation(x, 'relu'); x = conv(x, { channels: 17, kernel: [3, 2], padding: { top: 1, right: 1 } }); x = conv(x, { channels: 32, kernel: 1, stride: [1, 2] }); x = activation(x, 'relu'); x = conv(x, { channels: 5, kernel: [1, 2], stride: [2, 1] });",
  ],
  // Few taps, channel by channel: more than there are registers for, many of them, steps of over 255 bytes, one position.
  fewTaps: [
    'height: 5, width: 11, channels: 2',
    "x = conv(x, { channels: 90, kernel: [2, 1], padding: { bottom: 1 } }); x = activation(x, 'relu'); x = depthwiseConv(x, { kernel: [1, 2], stride: [1, 3], padding: { left: 1 } }); x = conv(x, { channels: 4, kernel: 1 }); x = depthwiseConv(x, { kernel: [5, 4], padding: [2, 2] }); x = activation(x, 'relu'); x = conv(x, { channels: 3, kernel: 1, stride: [1, 2] }); x = depthwiseConv(x, { kernel: [5, 3] });",
  ],
  // One channel, one tap, one column, and padding that no window reaches: loops of one iteration are left out of the C.
  corners: [
    'height: 6, width: 6, channels: 1',
    "x = conv(x, { channels: 2, kernel: 3, padding: 'same' }); x = conv(x, { channels: 4, kernel: [1, 3], padding: [0, 1], groups: 2 }); x = avgPool(x, { kernel: [2, 1], stride: 1, padding: { top: 1 } }); x = conv(x, { channels: 2, kernel: 2, stride: 2, padding: { bottom: 1, right: 1 } }); x = maxPool(x, { kernel: 1, stride: [1, 2] }); x = depthwiseConv(x, { kernel: 1, multiplier: 2 }); x = conv(x, { channels: 2, kernel: 1, groups: 2 }); x = avgPool(x, { kernel: [1, 2], stride: 1, padding: [0, 1] }); x = conv(x, { channels: 1, kernel: [3, 1] }); x = avgPool(x, { kernel: 1, stride: 2 }); x = depthwiseConv(x, { kernel: [1, 2], multiplier: 1 }); x = conv(x, { channels: 3, kernel: 1 });",
  ],
  // Functions that are tables, fused after nothing, and clamps of both kinds.
  tables: [
    'height: 3, width: 5, channels: 4',
    "x = activation(conv(x, { channels: 4, kernel: 1 }), 'sigmoid'); x = activation(add(x, x), 'reluN1To1'); x = activation(x, 'tanh'); x = conv(x, { channels: 5, kernel: 1 }); x = activation(x, 'reluN1To1'); x = activation(x, 'hardSwish'); x = conv(x, { channels: 3, kernel: 1 }); x = activation(x, 'swish'); x = lookup(x, { function: { kind: 'relu' } }); x = lookup(x, { perChannel: true });",
  ],
  // One row, column or channel for all, as the first and as the second operand; a squeeze-and-excite.
  broadcast: [
    'height: 4, width: 5, channels: 6',
    "const s = activation(conv(mean(x), { channels: 6, kernel: 1 }), 'sigmoid'); x = mul(x, s); const row = conv(x, { channels: 6, kernel: [4, 1] }); const one = conv(x, { channels: 1, kernel: 1 }); x = add(x, row); x = sub(one, x); x = activation(mul(one, x), 'relu'); x = activation(sub(x, mean(x)), 'relu6'); x = sub(x, mul(x, x));",
  ],
  // Channels apart, shuffled and joined, of equal and of different scales; one part twice.
  channels: [
    'height: 3, width: 4, channels: 6',
    'x = conv(x, { channels: 12, kernel: 1, groups: 3 }); x = channelShuffle(x, { groups: 3 }); const a = slice(x, { from: 0, channels: 5 }); const b = slice(x, { from: 5, channels: 7 }); x = concat([b, conv(a, { channels: 3, kernel: 1 }), a, a]); x = channelShuffle(x, { groups: 10 }); x = concat([x]);',
  ],
  // Padding as a layer, whole rows of it included, of zeros and of another value; rows joined.
  padded: [
    'height: 3, width: 2, channels: 3',
    'x = pad(x, { padding: { top: 2, bottom: 1, left: 1, right: 3 } }); x = maxPool(x, { kernel: 2, stride: 1 }); x = conv(x, { channels: 2, kernel: 1 }); x = pad(x, { padding: { bottom: 1 }, value: -0.7 }); x = pad(x, { padding: { right: 1 }, value: 1 }); x = reshape(x, { height: 3, width: 4, channels: 6 }); x = reshape(x, { height: 3, width: 8, channels: 3 }); x = avgPool(x, { kernel: 2 });',
  ],
  rescaled: [
    'height: 4, width: 5, channels: 3',
    "x = rescale(x, { function: { kind: 'leakyRelu', slope: 0.3 } }); x = conv(x, { channels: 4, kernel: 1 }); x = rescale(x, { function: { kind: 'relu' }, perChannel: true, sum: 'plus' }); x = rescale(x);",
  ],
  curved: [
    'height: 3, width: 4, channels: 2',
    "x = conv(x, { channels: 5, kernel: 2 }); x = curve(x, { function: 'tanh' });",
  ],
  // Enlarged in height, in width and in both, before and after convolutions, joined with what was there before: a decoder.
  resized: [
    'height: 4, width: 6, channels: 3',
    "const a = activation(conv(x, { channels: 5, kernel: 3, padding: 'same' }), 'relu'); const b = conv(maxPool(a, { kernel: 2 }), { channels: 4, kernel: 1 }); x = concat([resize(b, { factor: 2 }), a]); x = conv(x, { channels: 4, kernel: 3, padding: 1, stride: 2 }); x = resize(x, { factor: [3, 1] }); x = resize(x, { factor: [1, 4] }); x = depthwiseConv(x, { kernel: [5, 2], stride: [2, 3] });",
  ],
  exponential: [
    'height: 3, width: 4, channels: 2',
    "x = conv(x, { channels: 5, kernel: 2 }); x = activation(x, 'elu'); x = activation(x, { kind: 'elu', alpha: 0.3 }); x = conv(x, { channels: 2, kernel: 1 });",
  ],
};

/** Made-up parameters for every op of a float graph; variances are positive, gammas of both signs. */
function withParameters(graph: FloatGraph, noise: Noise): FloatGraph {
  const index = new GraphIndex(graph);
  const bind = (node: Node): Node => {
    const specs =
      opTable.get(node.op)?.parameters?.(
        node,
        index.inputTypes(node).map(t => t.shape),
      ) ?? [];
    const constants = Object.fromEntries(
      specs.map(({ role, shape }) => {
        const count = shape.reduce((a, b) => a * b, 1);
        return [role, constant('f32', shape, role === 'variance' ? noise(count, 0.2, 2) : noise(count, -1, 1))];
      }),
    );
    return { ...node, constants, attributes: 'epsilon' in node.attributes ? { epsilon: 1e-5 } : node.attributes };
  };
  return { ...graph, nodes: graph.nodes.map(bind) };
}

interface BuiltModel {
  readonly plain: FloatGraph;
  readonly fused: FloatGraph;
  readonly images: Float32Array[];
}

export function makeModel(name: string): Promise<BuiltModel> {
  const [input, body] = models[name];
  return buildModel(name, input, body);
}

/**
 * A model with made-up parameters and images, from the options of its input and the lines that make `x` from it.
 * @param seed makes the same numbers of it at every call; without one they differ from model to model
 */
export async function buildModel(name: string, input: string, body: string, seed?: number): Promise<BuiltModel> {
  // Small models have fewer arrays than this: no two seeds have one in common.
  const noise = seed === undefined ? inTurn : noiseFrom(seed * 100);
  const used = words.filter(word => ['defineModel', 'input'].includes(word) || body.includes(`${word}(`));
  const { graph, diagnostics } = await readText(
    `import { ${used.join(', ')} } from 'effnetc';\nexport default defineModel('m_${name}', () => {\n  let x = input({ ${input}, scale: 1 / 64, zeroPoint: 3 });\n  ${body}\n  return x;\n});\n`,
  );
  if (graph === undefined) throw new Error(`${name}: ${diagnostics.map(d => d.message).join('; ')}`);
  const plain = withParameters(graph, noise);
  const { height, width, channels } = plain.nodes[0].type.shape;
  const images = Array.from({ length: 6 }, () => noise(height * width * channels, -2, 2));
  return { plain, fused: runPasses(plain, floatPasses), images };
}
