import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import {
  type Constant,
  constant,
  type Quantisation,
  quantisedType,
  type TensorType,
  valuesOf,
} from '../../ir/tensor.js';
import { clamp, type Multiplier, requantise, requantiseLong } from '../../numeric/requantise.js';
import type { OpContext, QuantiseContext, QuantisedParameterSpec } from '../op.js';
import { activate, clampRange, isPerChannel } from './activation.js';
import type { LinearAttributes } from './linear-attributes.js';
import { factorsOf } from './linear-factors.js';

/**
 * What conv, depthwiseConv and dense have in common: an accumulator per output channel, and what happens to it on its
 * way to the output.
 *
 *   z = sum(w * x) + bias            the linear part
 *   y = affine(activation(z))        fused by passes; `affine` is a batch norm that stands after the activation
 */

/** What follows the sum of an output and channel. */
export type Finish = (sum: number, channel: number) => number;

/** The float epilogue: bias, activation, affine. */
export function floatEpilogue(node: Node<LinearAttributes>): Finish {
  const { activation } = node.attributes;
  const { bias, slope, affineScale, affineOffset } = node.constants;
  return (sum, channel) => {
    const z = bias === undefined ? sum : sum + bias.data[channel];
    const y = activate(activation, z, slope === undefined ? 0 : slope.data[channel]);
    return affineScale === undefined ? y : y * affineScale.data[channel] + (affineOffset?.data[channel] ?? 0);
  };
}

/** The integer epilogue: the accumulator, bias included, becomes a value of the output. */
export function integerEpilogue(node: Node<LinearAttributes>): Finish {
  const { requantisation } = node.attributes;
  invariant(requantisation !== undefined, `${node.name} is not in integer form`);
  const { rounding, preShift, low, high, twoSlopes, long } = requantisation;
  const { multiplier, shift, negativeMultiplier, negativeShift, offset } = node.constants;
  const requantised = (accumulator: number, factor: Multiplier) =>
    long === true ? requantiseLong(accumulator, factor) : requantise(rounding, accumulator, factor, preShift);
  const factors = (multipliers: Constant, shifts: Constant): Multiplier[] =>
    Array.from(multipliers.data, (m, o) => ({ multiplier: m, shift: shifts.data[o] }));
  const positive = factors(multiplier, shift);
  const negative = twoSlopes ? factors(negativeMultiplier, negativeShift) : positive;
  return (accumulator, channel) => {
    const factor = accumulator < 0 ? negative[channel] : positive[channel];
    return clamp(requantised(accumulator, factor) + offset.data[channel], low, high);
  };
}

/** Tensors of a quantised weights file for a linear op with `channels` outputs. */
export function linearQuantisedParameters(
  context: OpContext<LinearAttributes>,
  weightShape: readonly number[],
  channels: number,
): readonly QuantisedParameterSpec[] {
  const { activation, affine } = context.attributes;
  return [
    { role: 'weight', dtype: 'i8', shape: weightShape },
    // Of doubles where an imported model has int64.
    { role: 'bias', dtype: 'i32', orDtype: 'f64', shape: [channels] },
    { role: 'weightScale', dtype: 'f64', shape: [channels] },
    ...(isPerChannel(activation) ? [{ role: 'slope', dtype: 'f64', shape: [channels] } as const] : []),
    ...(affine
      ? [
          { role: 'affineScale', dtype: 'f64', shape: [channels] } as const,
          { role: 'affineOffset', dtype: 'f64', shape: [channels] } as const,
        ]
      : []),
  ];
}

/**
 * Turns the parameters of a quantised weights file into those of the integer op: multipliers from scales.
 * The effective scale of channel `o` is `inputScale * weightScale[o] / outputScale`, in double arithmetic. A bias of doubles stands
 * for TFLite's int64: accumulators may then have 48 bits, and multipliers have 16.
 *
 * @throws CompileError E0313 when biases of 64 bits meet int8, E0502 when a scale is
 * not usable.
 */
export function lowerLinear(node: Node<LinearAttributes>, context: QuantiseContext): Node {
  const { weight, bias } = node.constants;
  const channels = bias.data.length;
  const { activation, affine } = node.attributes;
  const { positive, negative, offset, twoSlopes, preShift, rule, quantised } = factorsOf(node, context);
  const factors = (scales: Float64Array) => {
    const all = Array.from(scales, quantised);
    return {
      multiplier: constant(
        'i32',
        [channels],
        all.map(f => f.multiplier),
      ),
      shift: constant(
        'i32',
        [channels],
        all.map(f => f.shift),
      ),
    };
  };
  const up = factors(positive);
  const down = factors(negative);
  return {
    ...node,
    attributes: {
      ...node.attributes,
      bias: true,
      requantisation: {
        rounding: context.rounding,
        preShift,
        ...(affine ? valuesOf(context.output) : clampRange(activation, context.output)),
        twoSlopes,
        ...(rule === 'long' ? { long: true } : {}),
      },
    },
    constants: {
      weight,
      bias,
      multiplier: up.multiplier,
      shift: up.shift,
      ...(twoSlopes ? { negativeMultiplier: down.multiplier, negativeShift: down.shift } : {}),
      offset: { dtype: 'i32', shape: [channels], data: offset },
    },
    type: quantisedType(node.type.shape, context.output),
  };
}

/** Int8 weights per output channel (the first dimension), int32 bias, from the float form. */
export function quantiseLinear(
  node: Node<LinearAttributes>,
  inputs: readonly TensorType[],
  output: Quantisation,
): Record<string, Constant> {
  const input = inputs[0]?.quantisation;
  invariant(input !== undefined, `${node.name}: quantised before its input`);
  const { weight, bias, slope, affineScale, affineOffset } = node.constants;
  const channels = weight.shape[0];
  const perChannel = weight.data.length / channels;
  const quantised = new Int8Array(weight.data.length);
  const biases = new Int32Array(channels);
  const scales = new Float64Array(channels);
  for (let o = 0; o < channels; o++) {
    const row = weight.data.subarray(o * perChannel, (o + 1) * perChannel);
    let largest = 0;
    for (const w of row) largest = Math.max(largest, Math.abs(w));
    const b = bias?.data[o] ?? 0;
    // A channel of zeros takes the scale that gives its bias 10 bits below an output step. A bias far out of the scale of
    // its weights widens the scale, so that it stays within 30 bits.
    const natural = largest > 0 ? largest / 127 : output.scale / input.scale / 1024;
    const scale = Math.max(natural, Math.abs(b) / input.scale / 2 ** 29);
    scales[o] = scale;
    for (let i = 0; i < perChannel; i++) quantised[o * perChannel + i] = clamp(Math.round(row[i] / scale), -127, 127);
    biases[o] = Math.round(b / (input.scale * scale));
  }
  return {
    weight: { dtype: 'i8', shape: weight.shape, data: quantised },
    bias: { dtype: 'i32', shape: [channels], data: biases },
    weightScale: { dtype: 'f64', shape: [channels], data: scales },
    ...(slope === undefined ? {} : { slope: constant('f64', [channels], slope.data) }),
    ...(affineScale === undefined ? {} : { affineScale: constant('f64', [channels], affineScale.data) }),
    ...(affineOffset === undefined ? {} : { affineOffset: constant('f64', [channels], affineOffset.data) }),
  };
}
