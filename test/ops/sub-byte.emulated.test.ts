import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IntegerGraph } from '../../src/ir/graph.js';
import { type SubByteBits, subByteLimit, subByteWidths } from '../../src/ir/tensor.js';
import { constantBytes } from '../../src/kernels/kernel.js';
import { packOf, packSubByte } from '../../src/kernels/packing/bit-layout.js';
import { Random } from '../../src/numeric/random.js';
import { roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import { compileModel, kernelCandidates } from '../../src/pipeline/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { allOf } from '../../src/select/choose.js';
import { loadTarget } from '../../src/target/load-target.js';
import { expectDriversEqual } from './equality.js';
import { makeModel, models } from './models.js';
import { narrowed } from './sub-byte.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

/** One for each family of kernels. */
const cores = ['cortex-m4', 'cortex-m0', 'cortex-m3', 'cortex-m55'];

// The header wants files to hash; any will do.
const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };

async function narrowModel(
  name: string,
  rounding: (typeof roundings)[number],
  bitsOf: (layer: number) => SubByteBits,
): Promise<IntegerGraph> {
  const { fused, images } = await makeModel(name);
  const quantised = quantiseGraph(fused, await calibrate(fused, images), rounding);
  return runPasses(lowerModel(narrowed(quantised, bitsOf)), integerPasses);
}

/** All widths in turn. */
const inTurn =
  (first: number) =>
  (layer: number): SubByteBits =>
    subByteWidths[(first + layer) % subByteWidths.length];

async function expectEqual(graph: IntegerGraph, rounding: (typeof roundings)[number], target: string): Promise<void> {
  const { firmware } = compileModel({ graph, rounding, source }, loadTarget(target), '0.0.0');
  await expectDriversEqual(graph, firmware, 4);
}

// Each is a few builds: without the slow suite those that have every kind of layer with weights, and its corners.
const chosen = ['conv', 'grouped', 'depthwise', 'normAfter', 'thin', 'block', 'fours', 'vectors', 'tiles', 'fewTaps'];
const names = exhaustive ? Object.keys(models) : chosen;

describe.each(names.map((name, m) => [name, m] as const))('%s with narrow weights', (name, m) => {
  const tries = (exhaustive ? cores : [cores[m % cores.length]]).flatMap((target, t) =>
    (exhaustive ? roundings : [roundings[m % 3]]).map(rounding => ({ target, rounding, first: m + t })),
  );

  it.each(tries)('the C equals the reference: $target, $rounding', async ({ target, rounding, first }) => {
    await expectEqual(await narrowModel(name, rounding, inTurn(first)), rounding, target);
  });
});

// Tables are filled up with zeros, which binary weights do not have. On the DSP extension what is filled up depends on the depth.
describe.each(['thin', 'fours', 'tiles', 'conv'])('%s with binary weights', name => {
  it.each(exhaustive ? cores : ['cortex-m4', 'cortex-m0'])('the C equals the reference: %s', async target => {
    await expectEqual(await narrowModel(name, 'native', () => 1), 'native', target);
  });
});

describe('narrow weights in flash', () => {
  it.each(subByteWidths)('%i bits each, the last pack filled up', bits => {
    const random = new Random('pack');
    const limit = subByteLimit(bits);
    for (const count of [1, 3, 8, 31, 32, 33, 100]) {
      const values = Array.from({ length: count }, () =>
        bits === 1 ? (random.word() % 2 === 0 ? 1 : -1) : Math.round(random.uniform(-limit - 1, limit)),
      );
      const words = packSubByte(values, bits);
      expect(words.length).toBe(Math.ceil(count / packOf(bits).values) * packOf(bits).words);
    }
    expect(() => packSubByte([limit + 1], bits)).toThrow(/bits/);
    expect(() => packSubByte([-limit - 2], bits)).toThrow(/bits/);
  });

  it.each(cores)(
    'every layer has a kernel on %s that packs them, and takes it unless speed matters more',
    async target => {
      const graph = await narrowModel('conv', 'native', inTurn(0));
      const loaded = { graph, rounding: 'native', source } as const;
      for (const layer of kernelCandidates(loaded, loadTarget(target))) {
        const { weight } = layer.node.constants;
        const { bits } = weight;
        if (bits === undefined) throw new Error('weights are not narrow');
        const packed = allOf(layer).filter(({ plan }) => plan.forSpeed !== true);
        expect(packed.length).toBeGreaterThan(0);
        for (const { plan, name } of packed) {
          // What the same kernel takes for int8: some fill up blocks of channels. The generic one fills up nothing.
          const form = name.replace(/,? \d bits?.*$/, '');
          const whole = allOf(layer).find(other => other.name === form && other.plan.forSpeed);
          const bytes = whole ? constantBytes(whole.plan.tables, 'weights') : weight.data.length;
          // Depth is rounded up on the DSP extension, by 15 at most in each channel.
          const filled = name.startsWith('dsp') ? 16 * weight.shape[0] : 0;
          expect(constantBytes(plan.tables, 'weights'), name).toBeLessThanOrEqual(((bytes + filled) * bits) / 8 + 16);
        }
      }
      const { plan } = compileModel(loaded, loadTarget(target), '0.0.0');
      expect(plan.layers.every(({ kernel }) => kernel.tables.some(({ narrow }) => narrow !== undefined))).toBe(true);
    },
  );
});
