import type { IntegerGraph } from '../../src/ir/graph.js';
import type { SubByteBits } from '../../src/ir/tensor.js';
import { Random } from '../../src/numeric/random.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { buildModel } from '../ops/models.js';
import { narrowed } from '../ops/sub-byte.js';

/** A whole number from `low` to `high`, both included; small ones are as likely as all large ones together. */
type Draw = (low: number, high: number) => number;

interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

const mostMacs = 400_000;

/** One layer: its text, and what it makes. Nothing where it would be too large. */
function layer(
  kind: string,
  from: Shape,
  draw: Draw,
): { readonly text: string; readonly to: Shape; readonly macs: number } {
  const most = 11;
  const kernel = [draw(1, Math.min(most, from.height + 1)), draw(1, Math.min(most, from.width + 1))];
  const stride = [draw(1, 3), draw(1, 3)];
  const [top, left] = kernel.map(k => draw(0, k - 1));
  const bottom = Math.max(draw(0, kernel[0] - 1), kernel[0] - from.height - top);
  const right = Math.max(draw(0, kernel[1] - 1), kernel[1] - from.width - left);
  const height = Math.floor((from.height + top + bottom - kernel[0]) / stride[0]) + 1;
  const width = Math.floor((from.width + left + right - kernel[1]) / stride[1]) + 1;
  const window = `kernel: [${kernel}], stride: [${stride}], padding: { top: ${top}, bottom: ${bottom}, left: ${left}, right: ${right} }`;
  if (kind === 'conv') {
    const channels = draw(0, 1) === 0 ? draw(1, 130) : 4 * draw(1, 32);
    const text = `x = conv(x, { channels: ${channels}, ${window} });`;
    return {
      text,
      to: { height, width, channels },
      macs: height * width * channels * kernel[0] * kernel[1] * from.channels,
    };
  }
  const to = { height, width, channels: from.channels };
  if (kind === 'maxPool') return { text: `x = maxPool(x, { ${window} });`, to, macs: 0 };
  return {
    text: `x = depthwiseConv(x, { ${window} });`,
    to,
    macs: height * width * from.channels * kernel[0] * kernel[1],
  };
}

const activations = ["'relu'", "'relu6'", "{ kind: 'leakyRelu', slope: 0.2 }"];

/** The text of a model of a few layers in a chain. */
export function randomChain(seed: number): { readonly input: string; readonly body: string } {
  const random = new Random(`shapes ${seed}`);
  const next = (): number => random.word() >>> 1;
  const draw: Draw = (low, high) => {
    const span = high - low + 1;
    const small = next() % 2 === 0 ? Math.min(span, 6) : span;
    return low + (next() % small);
  };
  let shape: Shape = {
    height: draw(1, 12),
    width: draw(1, 33),
    channels: draw(0, 2) === 0 ? draw(1, 40) : 4 * draw(1, 10),
  };
  const input = `height: ${shape.height}, width: ${shape.width}, channels: ${shape.channels}`;
  const lines: string[] = [];
  for (let tries = 0, layers = 0; tries < 40 && layers < 5; tries++) {
    const kind = ['conv', 'conv', 'depthwiseConv', 'depthwiseConv', 'maxPool'][next() % 5];
    const { text, to, macs } = layer(kind, shape, draw);
    if (macs > mostMacs) continue;
    lines.push(text);
    if (kind !== 'maxPool' && draw(0, 1) === 0)
      lines.push(`x = activation(x, ${activations[next() % activations.length]});`);
    shape = to;
    layers++;
  }
  if (draw(0, 2) === 0) lines.push(`x = dense(x, { units: ${draw(1, 40)} });`);
  return { input, body: lines.join(' ') };
}

/** The same model with weights of all int8 values, in the ways that are hard: all extreme, mostly extreme, or any. @param bits of weights that are narrow */
export async function randomIntegerModel(seed: number, rounding: Rounding, bits?: SubByteBits): Promise<IntegerGraph> {
  const { input, body } = randomChain(seed);
  const { fused, images } = await buildModel(`r${seed}`, input, body);
  const quantised = quantiseGraph(fused, await calibrate(fused, images), rounding);
  const random = new Random(`weights ${seed}`);
  const next = (): number => random.word() >>> 1;
  const hard = next() % 3;
  const weight = (): number => {
    const any = (next() % 256) - 128;
    if (hard === 0) return [-128, 127][next() % 2];
    return hard === 1 && next() % 2 === 0 ? [-128, -127, -1, 0, 1, 127][next() % 6] : any;
  };
  const nodes = quantised.graph.nodes.map(node => {
    const { weight: old } = node.constants;
    if (old === undefined || old.dtype !== 'i8') return node;
    return { ...node, constants: { ...node.constants, weight: { ...old, data: Int8Array.from(old.data, weight) } } };
  });
  const model = { ...quantised, graph: { ...quantised.graph, nodes } };
  return lowerModel(bits === undefined ? model : narrowed(model, () => bits));
}
