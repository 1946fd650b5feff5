import { centred, gather, positionsOf } from '../../interpreter/products.js';
import { subByteLimit } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import { accumulatorScale, channelsOf, type LayerContext, type LayerStep, meanOf, meanPatch } from './context.js';
import { momentsOf } from './moments.js';
import { type CentredPatches, errorByMoments, errorByPatches, type SquaredError } from './squared-error.js';

/**
 * Part of the mean curvature that holds weights near their float values: where calibration images say little of a weight, it
 * is rounded to nearest.
 */
const damping = 0.01;

/** Sweeps over the weights of a channel; most no longer change after three. */
const mostSweeps = 8;

/** Moments are squares of the length of a patch: for longer ones the patches themselves are kept. */
const longestSquare = 1024;

/** Patches that are looked at where a patch is long; the positions of an image are much alike. */
const mostPatches = 1024;

/**
 * Rounds each weight up or down so that the layer's accumulators, on what its quantised predecessors give it, come nearest to
 * those of the float network: coordinate descent on the squared error, beginning at the nearest integers. Weights stay between
 * the two integers around their float value; binary ones may change their sign where their float value lies between -1 and 1. The
 * mean is left out: the bias takes care of that.
 *
 * The aim is that of AdaRound (Nagel et al., arXiv 2004.10568); the quadratic form is solved as in GPTQ (Frantar et al., arXiv
 * 2210.17323), but by descent, which needs no factorisation and whose result does not depend on an order of patches.
 */
export const searchRounding: LayerStep = {
  name: 'search of roundings',
  async run(context, constants, yieldNow) {
    const { length, outputs } = context.patches;
    const rounded = Int8Array.from(constants.weight.data);
    const float = context.node.constants.weight.data;
    const errorOf = await squaredErrors(context, yieldNow);
    for (let o = 0; o < channelsOf(context); o++) {
      const scale = constants.weightScale.data[o];
      const weights = rounded.subarray(o * length, (o + 1) * length);
      const error = errorOf(Math.floor(o / outputs), o, weights, accumulatorScale(context, constants, o));
      descend(error, weights, i => float[o * length + i] / scale, neighboursOf(context));
      await yieldNow();
    }
    return { ...constants, weight: { ...constants.weight, data: rounded } };
  },
};

/** The value that is best where the error has its least at `best`, of the two around the float value `want`. */
type Nearest = (best: number, want: number) => number;

function neighboursOf({ bits }: LayerContext): Nearest {
  // -1 and 1 are neighbours: there is nothing between them.
  if (bits === 1) return (best, want) => (want >= 1 || (want > -1 && best >= 0) ? 1 : -1);
  const limit = bits === undefined ? 127 : subByteLimit(bits);
  return (best, want) => clamp(clamp(Math.round(best), Math.floor(want), Math.ceil(want)), -limit, limit);
}

/** Moves the weights, in place, to the best of their two neighbours, one after the other until none moves. */
function descend(error: SquaredError, weights: Int8Array, ideal: (i: number) => number, nearest: Nearest): void {
  const curvatures = Float64Array.from(weights, (_, i) => error.curvature(i));
  const pull = (damping * curvatures.reduce((sum, c) => sum + c, 0)) / weights.length;
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let moved = false;
    for (let i = 0; i < weights.length; i++) {
      const curvature = curvatures[i] + pull;
      if (curvature <= 0) continue;
      const want = ideal(i);
      const slope = error.slope(i) + pull * (weights[i] - want);
      const by = nearest(weights[i] - slope / curvature, want) - weights[i];
      if (by === 0) continue;
      weights[i] += by;
      error.move(i, by);
      moved = true;
    }
    if (!moved) return;
  }
}

type ErrorOf = (group: number, channel: number, weights: Int8Array, scale: number) => SquaredError;

/** The squared error of each channel, in the form that costs less. */
async function squaredErrors(context: LayerContext, yieldNow: () => Promise<void>): Promise<ErrorOf> {
  const { patches, inputs, input, targets } = context;
  const { length } = patches;
  const patchCount = positionsOf(patches) * inputs.length;
  if (length <= longestSquare && length <= patchCount) {
    const moments = await momentsOf(patches, inputs, input.zeroPoint, targets, yieldNow);
    return (group, channel, weights, scale) => errorByMoments(moments, { group, channel, length }, weights, scale);
  }
  const stride = Math.ceil(patchCount / mostPatches);
  const mean = meanPatch(patches, inputs, input.zeroPoint);
  const means = meanOf(targets, channelsOf(context));
  const kept = new Map<number, CentredPatches>();
  return (group, channel, weights, scale) => {
    const centred = kept.get(group) ?? centredPatches(context, group, stride, mean);
    kept.clear();
    kept.set(group, centred);
    const wanted = new Float64Array(centred.count);
    const channels = channelsOf(context);
    const positions = positionsOf(patches);
    for (let k = 0; k < centred.count; k++) {
      const at = k * stride;
      const target = targets[Math.floor(at / positions)][(at % positions) * channels + channel];
      wanted[k] = (target - means[channel]) / scale;
    }
    return errorByPatches(centred, weights, wanted);
  };
}

/** Every `stride`th patch of a group, over all images. */
function centredPatches(
  { patches, inputs, input }: LayerContext,
  group: number,
  stride: number,
  mean: Float64Array,
): CentredPatches {
  const { length } = patches;
  const positions = positionsOf(patches);
  const count = Math.ceil((positions * inputs.length) / stride);
  const rows = new Float64Array(length * count);
  const patch = new Float64Array(length);
  const values = new Float64Array(inputs[0].length);
  let image = -1;
  for (let k = 0; k < count; k++) {
    const at = k * stride;
    if (Math.floor(at / positions) !== image) {
      image = Math.floor(at / positions);
      centred(inputs[image], input.zeroPoint, values);
    }
    gather(patches, values, at % positions, group, patch);
    for (let i = 0; i < length; i++) rows[i * count + k] = patch[i] - mean[group * length + i];
  }
  return { rows, count };
}
