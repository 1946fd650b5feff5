import type { Node } from '../../ir/graph.js';
import { constant, type Quantisation, type SubByteBits, subByteLimit } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import type { LayerConstants, LayerStep } from './context.js';

/**
 * Scales that are tried: from the one that holds the largest weight down to a part of it, in steps of 2 %. Where there are few
 * values, clipping pays much sooner.
 */
const leastPercent = { wide: 60, narrow: 20 } as const;

/** A channel whose bias has more bits than so many gets a wider scale. */
const biasBits = 29;

/** Weights lie in -limit to limit. */
export const limitOf = (bits: SubByteBits | undefined): number => (bits === undefined ? 127 : subByteLimit(bits));

/** The value of a width that is nearest to a weight. Binary weights have no 0: a weight of 0 is 1. */
export function roundTo(w: number, scale: number, bits: SubByteBits | undefined): number {
  if (bits === 1) return w < 0 ? -1 : 1;
  const limit = limitOf(bits);
  return clamp(Math.round(w / scale), -limit, limit);
}

function squaredError(weights: ArrayLike<number>, scale: number, bits: SubByteBits | undefined): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] - scale * roundTo(weights[i], scale, bits)) ** 2;
  return sum;
}

/** The scale with the least squared error for the weights of a channel, not all 0; `widest` holds the largest of them. */
export function bestScale(weights: ArrayLike<number>, widest: number, bits: SubByteBits | undefined): number {
  if (bits === 1) return meanMagnitude(weights);
  const least = bits === undefined ? leastPercent.wide : leastPercent.narrow;
  let best = { scale: widest, error: squaredError(weights, widest, bits) };
  for (let percent = 98; percent >= least; percent -= 2) {
    const scale = (widest * percent) / 100;
    const error = squaredError(weights, scale, bits);
    if (error < best.error) best = { scale, error };
  }
  return best.scale;
}

/** What `scale * sign(w)` is nearest to `w` with: Rastegari et al., "XNOR-Net", arXiv 1603.05279, equation 6. */
function meanMagnitude(weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += Math.abs(weights[i]);
  return sum / weights.length;
}

/**
 * The scale of a channel of binary weights. Where all weights are 0, what stands for them must not be seen: all of them together
 * make less than half a step of an int8 output. As {@link quantiseLinear} does, a bias that is far out of it widens the scale.
 */
function binaryScale(weights: ArrayLike<number>, bias: number, input: Quantisation, output: Quantisation): number {
  const natural = meanMagnitude(weights) || output.scale / input.scale / 1024 / weights.length;
  return Math.max(natural, Math.abs(bias) / input.scale / 2 ** biasBits);
}

/**
 * Gives each output channel the scale under which its rounded weights have the least squared error, instead of the one that
 * just holds the largest weight: clipping a few may make all others finer. Sub-byte weights begin here: they come as int8.
 */
export function fitScales(
  node: Node,
  constants: LayerConstants,
  { input, output }: { readonly input: Quantisation; readonly output: Quantisation },
  bits: SubByteBits | undefined,
): LayerConstants {
  const { data: float, shape } = node.constants.weight;
  const [channels] = shape;
  const length = float.length / channels;
  const scales = Float64Array.from(constants.weightScale.data);
  const rounded = Int8Array.from(constants.weight.data);
  const biases = Int32Array.from(constants.bias.data);
  for (let o = 0; o < channels; o++) {
    const weights = float.subarray(o * length, (o + 1) * length);
    const bias = node.constants.bias?.data[o] ?? 0;
    const before = scales[o];
    const widest = bits === undefined ? before : (before * 127) / limitOf(bits);
    scales[o] = bits === 1 ? binaryScale(weights, bias, input, output) : bestScale(weights, widest, bits);
    if (bits === undefined && scales[o] === before) continue;
    for (let i = 0; i < length; i++) rounded[o * length + i] = roundTo(weights[i], scales[o], bits);
    biases[o] = Math.round(bias / (input.scale * scales[o]));
  }
  return {
    ...constants,
    weight: { ...constants.weight, data: rounded, ...(bits === undefined ? {} : { bits }) },
    bias: { ...constants.bias, data: biases },
    weightScale: constant('f64', [scales.length], scales),
  };
}

export const fitWeightScales: LayerStep = {
  name: 'scales of weights',
  run: (context, constants) => fitScales(context.node, constants, context, context.bits),
};
