import { describe, expect, it } from 'vitest';
import type { IntegerGraph, Node } from '../../src/ir/graph.js';
import { saturatingOf } from '../../src/kernels/requantise/dsp.js';
import { requantisePlan } from '../../src/kernels/requantise/generic.js';
import { Random } from '../../src/numeric/random.js';
import { clamp, type Rounding, requantise, roundings } from '../../src/numeric/requantise.js';
import { accumulatorRanges } from '../../src/ops/shared/accumulator.js';
import type { LinearAttributes } from '../../src/ops/shared/linear-attributes.js';
import { loweringPasses, runPasses } from '../../src/passes/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { buildModel } from '../ops/models.js';
import { expectKernelsEqual } from './every-kernel.js';

// Cross-layer equalisation, and inputs of coarse scales, leave channels with factors of a half and more among small ones.

const body =
  'x = conv(x, { channels: 12, kernel: 1 }); x = depthwiseConv(x, { kernel: [1, 3], padding: [0, 1] });' +
  ' x = depthwiseConv(x, { kernel: [3, 1] }); x = conv(x, { channels: 8, kernel: [2, 1] }); x = depthwiseConv(x, { kernel: [4, 1], padding: [1, 0] });';

/** The model with factors from 2^-8 to 2^4, so that many results are within int8, and each shift is in many channels. */
async function steepModel(rounding: Rounding): Promise<IntegerGraph> {
  const { fused, images } = await buildModel('steep', 'height: 6, width: 5, channels: 4', body);
  const quantised = quantiseGraph(fused, await calibrate(fused, images), rounding);
  const random = new Random('steep factors');
  const draw = (count: number): number => (random.word() >>> 1) % count;
  const lowered = lowerModel(quantised);
  const nodes = lowered.nodes.map((plain): Node => {
    const { weight, bias, multiplier, shift } = plain.constants;
    if (multiplier === undefined) return plain;
    const perChannel = weight.data.length / multiplier.data.length;
    // Small weights where the factor is large, as equalisation leaves them.
    const shifts = multiplier.data.map((_, o) => [4, -9, 0, -1, 1, -2, -8, -5, 2, -3, -12, 3][(o + draw(3)) % 12]);
    const range = (at: number): number => (shifts[at] > -4 ? 3 : 255);
    const weights = weight.data.map(
      (_, i) => draw(range(Math.floor(i / perChannel))) - (range(Math.floor(i / perChannel)) >> 1),
    );
    const multipliers = multiplier.data.map(
      (_, o) => [2 ** 30, 2 ** 31 - 1, 0, 2 ** 30 + draw(2 ** 29)][o % 7 > 2 ? 3 : o % 7],
    );
    return {
      ...plain,
      constants: {
        ...plain.constants,
        weight: { ...weight, data: Int8Array.from(weights) },
        bias: { ...bias, data: Int32Array.from(bias.data, () => draw(400) - 200) },
        multiplier: { ...multiplier, data: Int32Array.from(multipliers) },
        shift: { ...shift, data: Int8Array.from(shift.data, (_, o) => (rounding === 'native' ? 0 : shifts[o])) },
      },
      attributes:
        rounding === 'native'
          ? {
              ...plain.attributes,
              requantisation: { ...(plain as Node<LinearAttributes>).attributes.requantisation, preShift: 2 },
            }
          : plain.attributes,
    };
  });
  return runPasses({ ...lowered, nodes }, loweringPasses);
}

const linear = (graph: IntegerGraph): Node<LinearAttributes>[] =>
  graph.nodes.filter((node): node is Node<LinearAttributes> => node.constants.multiplier !== undefined);

/** What the instructions do, in whole numbers of any size. */
function saturated(acc: number, rounding: Rounding, factor: number, column: readonly number[], offset: number): number {
  const scaled = BigInt(acc) * BigInt(factor);
  const [multiplier, round, shift] = column.map(BigInt);
  const product = scaled * multiplier;
  if (rounding === 'native') return Number(((product + (1n << 31n)) >> 32n) + BigInt(offset));
  if (rounding === 'tflite-single') return Number(((product >> 32n) + round) >> (shift & 255n));
  const mask = scaled < 0n ? shift : 0n;
  return Number((((product + (1n << 31n)) >> 32n) + round + (mask >> 8n)) >> (shift & 255n));
}

describe.each(roundings)('factors of a half and more, %s', rounding => {
  it('have constants that give what the rule gives, for accumulators around each half', async () => {
    for (const node of linear(await steepModel(rounding))) {
      const input = { ...node.type, quantisation: { scale: 1, zeroPoint: 3 } };
      const ranges = accumulatorRanges(node.constants.weight, node.constants.bias, input);
      const found = saturatingOf(node, requantisePlan(node, input), ranges);
      expect(found?.plain, node.name).toBe(false);
      if (found === undefined) continue;
      const { multiplier, shift, offset } = node.constants;
      const preShift = node.attributes.requantisation?.preShift ?? 0;
      for (const [o, { low, high }] of ranges.entries()) {
        const factor = { multiplier: multiplier.data[o], shift: shift.data[o] };
        const column = found.columns.map(values => values[o]);
        for (let acc = low; acc <= high; acc += high - low < 5000 || Math.abs(acc) < 600 ? 1 : 37) {
          const expected = clamp(requantise(rounding, acc, factor, preShift) + offset.data[o], -128, 127);
          const actual = clamp(saturated(acc, rounding, found.factors[o], column, found.offset), -128, 127);
          if (actual !== expected) expect({ acc, ...factor, actual }).toEqual({ acc, ...factor, actual: expected });
        }
      }
    }
  });

  it('every kernel on cortex-m4 equals the reference', async () => {
    await expectKernelsEqual(await steepModel(rounding), rounding, 'cortex-m4', 4);
  }, 300_000);
});
