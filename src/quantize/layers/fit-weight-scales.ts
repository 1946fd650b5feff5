import { constant } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import { channelsOf, type LayerStep } from './site.js';

/** Scales that are tried: from the one that holds the largest weight down to this part of it, in steps of 2 %. */
const leastPercent = 60;

const roundTo = (w: number, scale: number): number => clamp(Math.round(w / scale), -127, 127);

function squaredError(weights: ArrayLike<number>, scale: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] - scale * roundTo(weights[i], scale)) ** 2;
  return sum;
}

/**
 * Gives each output channel the scale under which its rounded weights have the least squared error, instead of the one that
 * just holds the largest weight: clipping a few may make all others finer.
 */
export const fitWeightScales: LayerStep = {
  name: 'scales of weights',
  run(site, constants) {
    const { length } = site.patches;
    const float = site.node.constants.weight.data;
    const scales = Float64Array.from(constants.weight_scale.data);
    const rounded = Int8Array.from(constants.weight.data);
    const bias = Int32Array.from(constants.bias.data);
    for (let o = 0; o < channelsOf(site); o++) {
      const weights = float.subarray(o * length, (o + 1) * length);
      const widest = scales[o];
      let least = squaredError(weights, widest);
      for (let percent = 98; percent >= leastPercent; percent -= 2) {
        const scale = (widest * percent) / 100;
        const error = squaredError(weights, scale);
        if (error < least) [scales[o], least] = [scale, error];
      }
      if (scales[o] === widest) continue;
      for (let i = 0; i < length; i++) rounded[o * length + i] = roundTo(weights[i], scales[o]);
      bias[o] = Math.round((site.node.constants.bias?.data[o] ?? 0) / (site.input.scale * scales[o]));
    }
    return {
      ...constants,
      weight: { ...constants.weight, data: rounded },
      bias: { ...constants.bias, data: bias },
      weight_scale: constant('f64', [scales.length], scales),
    };
  },
};
