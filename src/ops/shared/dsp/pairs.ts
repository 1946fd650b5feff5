import type { Constant } from '../../../ir/tensor.js';
import type { ConstantTable } from '../../kernel.js';

/**
 * Two output channels `a` and `b` in one stream of weights, for SMLAD. A word has the weights of both channels for two
 * inputs; each half is the int16 `a + 256 * b`. Multiplied as it is, a half gives `x * a + 256 * x * b`; its low byte
 * alone, sign-extended, gives `x * a`. So two channels take one load and one SXTB16 for two inputs, and the sum for `b` is
 * the difference of both sums, shifted: exact, as long as it fits 24 bits.
 */

/** Sums of channel `b` have to stay below this, in magnitude. */
export const largestPairSum = 2 ** 23;

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
  const perChannel = weight.data.length / channels;
  const at = (channel: number, k: number): number =>
    channel < channels && k < perChannel ? weight.data[channel * perChannel + k] : 0;
  const half = (pair: number, k: number): number => (at(2 * pair, k) + 256 * at(2 * pair + 1, k)) & 0xffff;
  const pairs = Math.ceil(channels / 2);
  const words = depth / 2;
  const values = new Uint32Array(pairs * words);
  for (let pair = 0; pair < pairs; pair++) {
    for (let k = 0; k < depth; k += 4) {
      const word = pair * words + k / 2;
      values[word] = half(pair, k) + half(pair, k + 2) * 2 ** 16;
      values[word + 1] = half(pair, k + 1) + half(pair, k + 3) * 2 ** 16;
    }
  }
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
