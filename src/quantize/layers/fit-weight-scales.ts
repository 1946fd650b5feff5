import { constant, type NarrowBits, narrowLimit } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import { channelsOf, type LayerStep, weightLimit } from './site.js';

/**
 * Scales that are tried: from the one that holds the largest weight down to a part of it, in steps of 2 %. Where there are few
 * values, clipping pays much sooner.
 */
const leastPercent = { wide: 60, narrow: 20 } as const;

function squaredError(weights: ArrayLike<number>, scale: number, limit: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] - scale * roundTo(weights[i], scale, limit)) ** 2;
  return sum;
}

export const roundTo = (w: number, scale: number, limit: number): number => clamp(Math.round(w / scale), -limit, limit);

/** The scale with the least squared error for the weights of a channel; `widest` holds the largest of them. */
export function bestScale(weights: ArrayLike<number>, widest: number, bits: NarrowBits | undefined): number {
  const limit = bits === undefined ? 127 : narrowLimit(bits);
  const least = bits === undefined ? leastPercent.wide : leastPercent.narrow;
  let best = { scale: widest, error: squaredError(weights, widest, limit) };
  for (let percent = 98; percent >= least; percent -= 2) {
    const scale = (widest * percent) / 100;
    const error = squaredError(weights, scale, limit);
    if (error < best.error) best = { scale, error };
  }
  return best.scale;
}

/**
 * Gives each output channel the scale under which its rounded weights have the least squared error, instead of the one that
 * just holds the largest weight: clipping a few may make all others finer. Narrow weights begin here: they come as int8.
 */
export const fitWeightScales: LayerStep = {
  name: 'scales of weights',
  run(site, constants) {
    const { length } = site.patches;
    const float = site.node.constants.weight.data;
    const limit = weightLimit(site);
    const scales = Float64Array.from(constants.weight_scale.data);
    const rounded = Int8Array.from(constants.weight.data);
    const bias = Int32Array.from(constants.bias.data);
    for (let o = 0; o < channelsOf(site); o++) {
      const weights = float.subarray(o * length, (o + 1) * length);
      const before = scales[o];
      const widest = site.bits === undefined ? before : (before * 127) / limit;
      scales[o] = bestScale(weights, widest, site.bits);
      if (scales[o] === before) continue;
      for (let i = 0; i < length; i++) rounded[o * length + i] = roundTo(weights[i], scales[o], limit);
      bias[o] = Math.round((site.node.constants.bias?.data[o] ?? 0) / (site.input.scale * scales[o]));
    }
    return {
      ...constants,
      weight: { ...constants.weight, data: rounded, ...(site.bits === undefined ? {} : { bits: site.bits }) },
      bias: { ...constants.bias, data: bias },
      weight_scale: constant('f64', [scales.length], scales),
    };
  },
};
