import type { Constant } from '../../../ir/tensor.js';
import type { ConstantTable } from '../../kernel.js';

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
