import type { Constant } from '../../ir/tensor.js';
import type { ConstantTable } from '../kernel.js';

/**
 * Two output channels `a` and `b` in one stream of weights, for SMLAD. A word has the weights of both channels for two
 * inputs; each half is the int16 `a + 256 * b`. Multiplied as it is, a half gives `x * a + 256 * x * b`; its low byte
 * alone, sign-extended, gives `x * a`. So two channels take one load and one SXTB16 for two inputs, and the sum for `b` is
 * the difference of both sums, shifted: exact, as long as it fits 24 bits.
 */

/** Sums of channel `b` have to stay below this, in magnitude. */
const largestPairSum = 2 ** 23;

/**
 * Can output channels be taken in pairs (0 and 1, 2 and 3, ...)?
 *
 * @param weight OHWI
 * @param sumBounds per channel, the largest magnitude of the sum that is made of its products at a time
 */
export function canPair(weight: Constant, sumBounds: readonly number[]): boolean {
  const perChannel = weight.data.length / sumBounds.length;
  for (let b = 1; b < sumBounds.length; b += 2) {
    if (sumBounds[b] >= largestPairSum) return false;
    for (let k = 0; k < perChannel; k++) {
      // -128 * 256 + a would need a 17th bit.
      if (weight.data[b * perChannel + k] === -128 && weight.data[(b - 1) * perChannel + k] < 0) return false;
    }
  }
  return true;
}

/**
 * The weights of all pairs, a line per pair. Of 4 successive inputs, the first word has the first and the third, the second
 * word the second and the fourth: as SXTB16 takes bytes apart.
 *
 * @param weight OHWI
 * @param depth inputs of a channel, rounded up to a multiple of 4; those that are not there have weights of 0
 */
export function pairTable(weight: Constant, channels: number, depth: number): ConstantTable {
  const { at, pairs } = padded(weight, channels);
  const half = (pair: number, k: number): number => at(2 * pair, k) + 256 * at(2 * pair + 1, k);
  const words = depth / 2;
  const values = pairs.flatMap(pair =>
    inFours(depth).flatMap(k => [k, k + 1].map(i => halves(half(pair, i), half(pair, i + 2)))),
  );
  return {
    suffix: 'weights',
    ctype: 'uint32_t',
    values,
    perLine: 8,
    layout: `OHWI ${weight.shape.join('x')}, ${words} words per pair of output channels a and b: a + 256 * b in each half`,
    kind: 'weights',
    packed: true,
  };
}

/** The same as int16, for speed or where channels cannot be paired: a word of `a`, then one of `b`. */
export function int16WeightTable(weight: Constant, channels: number, depth: number): ConstantTable {
  const { at, pairs } = padded(weight, channels);
  const values = pairs.flatMap(pair =>
    inFours(depth).flatMap(k =>
      [k, k + 1].flatMap(i => [0, 1].map(c => halves(at(2 * pair + c, i), at(2 * pair + c, i + 2)))),
    ),
  );
  return {
    suffix: 'weights',
    ctype: 'uint32_t',
    values,
    perLine: 8,
    layout: `OHWI ${weight.shape.join('x')} as int16, ${depth} words per pair of output channels: one of each in turn`,
    kind: 'weights',
    packed: true,
  };
}

/** A word of two int16. */
export const halves = (low: number, high: number): number => (low & 0xffff) + (high & 0xffff) * 2 ** 16;

const inFours = (depth: number): number[] => Array.from({ length: depth / 4 }, (_, i) => 4 * i);

/** Weights by channel and input, zero where there are none; and the pairs of channels. */
function padded(weight: Constant, channels: number) {
  const perChannel = weight.data.length / channels;
  return {
    at: (channel: number, k: number): number =>
      channel < channels && k < perChannel ? weight.data[channel * perChannel + k] : 0,
    pairs: Array.from({ length: Math.ceil(channels / 2) }, (_, pair) => pair),
  };
}
