import type { Constant } from '../../ir/tensor.js';
import type { ConstantTable } from '../kernel.js';

/**
 * Two pixels in one multiplication, for cores without SIMD. A word is `x0 + (x1 << 16)`; times a weight `w` it is
 * `x0 * w + (x1 * w << 16)`, and words add up to `L + (U << 16)`, with the sums L and U of both pixels. Arithmetic is modulo
 * 2^32, so that in between nothing can go wrong; to take L and U apart, both have to fit 16 bits. So the taps of an output
 * channel are split into runs that fit for all inputs, and after each run the two sums go to accumulators of their own.
 */

/** Taps of a run, at least: the first and the last one are code of their own. */
const shortestRun = 2;

/**
 * The largest |L| and |U|. Not -32768: with a negative L, `L + (U << 16)` would leave the int32.
 */
const laneLimit = 32767;

/** Do the sums over the taps `from` to `to` (exclusive) fit a lane, for all x in -128 to 127? */
function fits(weights: ArrayLike<number>, from: number, to: number): boolean {
  let [positive, negative] = [0, 0];
  for (let k = from; k < to; k++) {
    if (weights[k] > 0) positive += weights[k];
    else negative -= weights[k];
  }
  return 128 * positive + 127 * negative <= laneLimit && 127 * positive + 128 * negative <= laneLimit;
}

/**
 * The lengths of the fewest runs that a channel's taps can be split into, or nothing where there is no way (two weights of
 * -128 after each other; a single tap).
 *
 * @param longestRun taps that are unrolled
 */
export function runsOf(weights: ArrayLike<number>, longestRun: number): number[] | undefined {
  // From the end: fewest[k] runs for the taps from k on, the first of them `lengths[k]` long.
  const fewest = new Array<number>(weights.length + 1).fill(Number.POSITIVE_INFINITY);
  const lengths = new Array<number>(weights.length).fill(0);
  fewest[weights.length] = 0;
  for (let k = weights.length - shortestRun; k >= 0; k--) {
    for (let length = shortestRun; length <= longestRun && k + length <= weights.length; length++) {
      if (!fits(weights, k, k + length)) break;
      if (fewest[k + length] + 1 <= fewest[k]) {
        fewest[k] = fewest[k + length] + 1;
        lengths[k] = length;
      }
    }
  }
  if (!Number.isFinite(fewest[0])) return undefined;
  const runs: number[] = [];
  for (let k = 0; k < weights.length; k += lengths[k]) runs.push(lengths[k]);
  return runs;
}

/**
 * Weights in blocks of as many output channels as a tap of the packed pixels has bytes, tap by tap: weight and pixels of a
 * tap are then equally far apart for all taps of a channel, and one register addresses both.
 *
 * @param weight OHWI; channels that fill up the last block are zero
 */
export function blockTable(weight: Constant, channels: number, block: number): ConstantTable {
  const depth = weight.data.length / channels;
  const blocks = Math.ceil(channels / block);
  const values = new Int8Array(blocks * depth * block);
  for (let o = 0; o < channels; o++) {
    const start = Math.floor(o / block) * depth * block + (o % block);
    for (let k = 0; k < depth; k++) values[start + k * block] = weight.data[o * depth + k];
  }
  return {
    suffix: 'weights',
    ctype: 'int8_t',
    values,
    perLine: block,
    layout: `HWIO ${[...weight.shape.slice(1), weight.shape[0]].join('x')} in blocks of ${block} output channels, a line per tap`,
    kind: 'weights',
  };
}

/**
 * For each run, how far to jump into the unrolled taps: a run of `n` leaves out `longestRun - n` of them.
 */
export function runTable(
  channels: readonly (readonly number[])[],
  { longestRun, tapBytes }: { readonly longestRun: number; readonly tapBytes: number },
): ConstantTable {
  return {
    suffix: 'runs',
    ctype: 'uint8_t',
    values: channels.flatMap(runs => runs.map(length => (longestRun - length) * tapBytes)),
    perLine: 16,
    layout: 'per output channel: runs of taps whose sums fit 16 bits, as bytes of code to jump over',
    kind: 'tables',
  };
}
