import type { Constant } from '../../ir/tensor.js';
import type { ConstantTable } from '../kernel.js';
import { vector, wordBytes } from '../shared/mve/tile.js';
import { tableOf } from '../shared/requantise-kernel.js';

/**
 * Splits the taps of a depthwise conv into runs whose products add up in int16: for every channel and all inputs, the sum of
 * a run, and each sum on the way there, stays within int16. A single product always does.
 *
 * @param weight OHWI with I = 1
 * @param order of the taps
 */
export function tapRuns(weight: Constant, order: readonly number[]): number[][] {
  const taps = order.length;
  const channels = weight.data.length / taps;
  const runs: number[][] = [];
  let low = new Int32Array(channels);
  let high = new Int32Array(channels);
  for (const tap of order) {
    const extreme = (from: Int32Array, positive: number, negative: number) =>
      from.map((sum, c) => {
        const w = weight.data[c * taps + tap];
        return sum + w * (w > 0 ? positive : negative);
      });
    const lower = extreme(low, -128, 127);
    const higher = extreme(high, 127, -128);
    const run = runs.at(-1);
    if (run !== undefined && lower.every(sum => sum >= -(2 ** 15)) && higher.every(sum => sum < 2 ** 15)) {
      run.push(tap);
      [low, high] = [lower, higher];
    } else {
      runs.push([tap]);
      const none = new Int32Array(channels);
      [low, high] = [extreme(none, -128, 127), extreme(none, 127, -128)];
    }
  }
  return runs;
}

/**
 * For each 16 channels what is read for them, in that order: the weights of each tap of the first run, the biases, the weights
 * of the other taps, and with `multipliers` those. Channels are rounded up to whole blocks. Words are in the order in which
 * products come apart: of the channels 0, 4, 8 and 12, then 1, 5, 9 and 13 and so on.
 */
export function blockTable(
  weight: Constant,
  runs: readonly (readonly number[])[],
  tables: readonly ConstantTable[],
  multipliers: boolean,
): ConstantTable {
  const taps = runs.flat().length;
  const channels = weight.data.length / taps;
  const values: number[] = [];
  const lanes = Array.from({ length: vector }, (_, i) => i);
  for (let first = 0; first < channels; first += vector) {
    const weights = (tap: number) =>
      values.push(...lanes.map(i => (first + i < channels ? weight.data[(first + i) * taps + tap] : 0)));
    const words = (suffix: string) => {
      const table = tableOf(tables, suffix).values;
      for (const i of lanes) {
        const channel = first + 4 * (i % 4) + Math.floor(i / 4);
        values.push(...wordBytes(channel < channels ? table[channel] : 0));
      }
    };
    for (const [i, run] of runs.entries()) {
      for (const tap of run) weights(tap);
      if (i === 0) words('bias');
    }
    if (multipliers) words('multipliers');
  }
  const epilogue = multipliers ? ', multipliers' : '';
  return {
    suffix: 'weights',
    ctype: 'int8_t',
    values,
    perLine: vector,
    layout: `by 16 channels: weights of ${runs[0].length} taps, biases${runs.length > 1 ? `, weights of ${taps - runs[0].length} taps` : ''}${epilogue}; biases${multipliers ? ' and multipliers' : ''} as bytes, of every fourth channel`,
    kind: 'weights',
  };
}
