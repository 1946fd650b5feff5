import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IntegerGraph } from '../../src/ir/graph.js';
import type { Quantisation } from '../../src/ir/tensor.js';
import { constantBytes } from '../../src/kernels/kernel.js';
import { packSparse } from '../../src/kernels/packing/sparse.js';
import { Random } from '../../src/numeric/random.js';
import { type Rounding, roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import { budgetProblems } from '../../src/pipeline/budget.js';
import { compileModel, kernelCandidates } from '../../src/pipeline/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import type { LayerCandidates } from '../../src/select/candidates.js';
import { allOf } from '../../src/select/choose.js';
import { loadTarget } from '../../src/target/load-target.js';
import { expectDriversEqual } from './equality.js';
import { buildModel, makeModel, models } from './models.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

/** One for each family of kernels. */
const cores = ['cortex-m4', 'cortex-m0', 'cortex-m3', 'cortex-m55'];

// The header wants files to hash; any will do.
const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };

/** No kernel fills up its tables. */
const even = [
  'height: 8, width: 8, channels: 16',
  'x = conv(x, { channels: 32, kernel: 1 }); x = conv(x, { channels: 16, kernel: [2, 1] });',
] as const;

/** A model of whose weights about such a part is zero; where these are many, all of every fifth filter. */
async function prunedModel(name: string, rounding: Rounding, zeros: number, wide = false): Promise<IntegerGraph> {
  const { fused, images } = await (name === 'even' ? buildModel(name, ...even) : makeModel(name));
  const { graph, ...narrow } = quantiseGraph(fused, await calibrate(fused, images), rounding);
  const int16 = ({ scale }: Quantisation): Quantisation => ({ scale: scale / 256, zeroPoint: 0, bits: 16 });
  const activations = new Map([...narrow.activations].map(([layer, each]) => [layer, wide ? int16(each) : each]));
  const quantised = { ...narrow, activations };
  const random = new Random(`zeros ${name}`);
  const nodes = graph.nodes.map(node => {
    const { weight } = node.constants;
    if (weight?.dtype !== 'i8') return node;
    const length = weight.data.length / weight.shape[0];
    const data = Int8Array.from(weight.data, (w, i) =>
      random.uniform(0, 1) < zeros || (zeros > 0.1 && Math.floor(i / length) % 5 === 3) ? 0 : w,
    );
    return { ...node, constants: { ...node.constants, weight: { ...weight, data } } };
  });
  return runPasses(lowerModel({ ...quantised, graph: { ...graph, nodes } }), integerPasses);
}

/** The kernels for weights without zeros that there are. */
const sparseOf = (layer: LayerCandidates) =>
  allOf(layer).filter(({ plan }) => plan.tables.some(({ sparse }) => sparse === true));

const chosen = ['conv', 'grouped', 'thin', 'fours', 'tiles', 'vectors'];
const names = exhaustive ? Object.keys(models) : chosen;
const tries = names.flatMap((name, m) =>
  (exhaustive ? cores : [cores[m % cores.length]]).flatMap((target, t) =>
    (exhaustive ? [0.5, 0.9] : [[0.5, 0.9][(m + (m >> 2)) % 2]]).map(zeros => ({
      name,
      target,
      zeros,
      rounding: roundings[(m + t) % 3],
    })),
  ),
);

/** Every kernel for weights without zeros that the target has for a layer, in turn. */
async function expectEqual(graph: IntegerGraph, rounding: Rounding, target: string): Promise<void> {
  const loaded = { graph, rounding, source } as const;
  const layers = kernelCandidates(loaded, loadTarget(target));
  const most = Math.max(...layers.map(layer => sparseOf(layer).length));
  expect(most).toBeGreaterThan(0);
  for (let round = 0; round < most; round++) {
    const choices = new Map(
      layers.map(layer => {
        const sparse = sparseOf(layer);
        return [
          layer.node.name,
          { rows: (sparse.at(round % Math.max(1, sparse.length)) ?? allOf(layer)[0]).plan },
        ] as const;
      }),
    );
    const { firmware } = compileModel(loaded, loadTarget(target), '0.0.0', { choose: () => choices });
    await expectDriversEqual(graph, firmware, 2);
  }
}

describe('weights without zeros', () => {
  it.each(tries)(
    'the C equals the reference: $name on $target, $zeros zeros, $rounding',
    async ({ name, target, zeros, rounding }) => {
      const graph = await prunedModel(name, rounding, zeros);
      await expectEqual(graph, rounding, target);
    },
    300_000,
  );

  // Only portable C takes them, and reads weights one by one.
  it.each(['even', 'grouped', 'fours'])('the C equals the reference where activations are int16: %s', async name => {
    const graph = await prunedModel(name, 'tflite', 0.6, true);
    expect(graph.nodes.every(({ type }) => type.dtype === 'i16')).toBe(true);
    await expectEqual(graph, 'tflite', 'cortex-m4');
  });

  it('are told of where weights do not fit in flash', async () => {
    const notesOf = async (zeros: number, optimize: 'balanced' | 'size') => {
      const loaded = { graph: await prunedModel('even', 'native', zeros), rounding: 'native', source } as const;
      const compiled = compileModel(loaded, loadTarget('cortex-m4'), '0.0.0', { optimize });
      const [{ code, notes = [] }] = budgetProblems(compiled, loadTarget('cortex-m4'), { flash: 64 });
      expect(code).toBe('E0602');
      return notes.map(note => (typeof note === 'string' ? note : note.message)).join('\n');
    };
    expect(await notesOf(0.5, 'balanced')).toMatch(/up to \d{3} bytes less with --optimize size/);
    expect(await notesOf(0.02, 'balanced')).not.toContain('--optimize');
    expect(await notesOf(0.5, 'size')).not.toContain('--optimize');
  });

  it('take a bit, and those that are not zero a byte', () => {
    expect(packSparse([0, 5, 0, 0, -1, 0, 0, 0, 127])).toEqual([0b00010010, 5, 255, 1, 127]);
    expect(packSparse(new Int8Array(16))).toEqual([0, 0]);
    expect(packSparse([])).toEqual([]);
  });

  // GCC unrolls the loop that unpacks a byte or two, and warns of what it would read if it were more.
  it('are no choice where a layer has few weights', async () => {
    const { fused, images } = await buildModel(
      'few',
      'height: 1, width: 9, channels: 2',
      "x = conv(x, { name: 'few', channels: 2, kernel: 1 });",
    );
    const { graph, ...rest } = quantiseGraph(fused, await calibrate(fused, images), 'native');
    const nodes = graph.nodes.map(node => {
      const { weight } = node.constants;
      return weight?.dtype === 'i8'
        ? { ...node, constants: { ...node.constants, weight: { ...weight, data: new Int8Array(weight.data.length) } } }
        : node;
    });
    const loaded = { graph: lowerModel({ ...rest, graph: { ...graph, nodes } }), rounding: 'native', source } as const;
    const names = kernelCandidates(loaded, loadTarget('cortex-m4'))
      .flatMap(sparseOf)
      .map(({ name }) => name);
    // The tables of other kernels are filled up with enough to be left out.
    expect(names.filter(name => /^(dsp|generic)/.test(name))).toEqual([]);
  });

  it.each(cores)('are taken on %s for size where they save bytes, and not otherwise', async target => {
    const [half, few] = [await prunedModel('even', 'native', 0.5), await prunedModel('even', 'native', 0.02)];
    const weights = (graph: IntegerGraph, optimize: 'balanced' | 'size') => {
      const { plan } = compileModel({ graph, rounding: 'native', source }, loadTarget(target), '0.0.0', { optimize });
      const tables = plan.layers.flatMap(({ kernel }) => kernel.tables);
      return { sparse: tables.filter(({ sparse }) => sparse === true).length, bytes: constantBytes(tables, 'weights') };
    };
    expect(weights(half, 'size').sparse).toBeGreaterThan(0);
    expect(weights(half, 'size').bytes).toBeLessThan(0.75 * weights(half, 'balanced').bytes);
    for (const [graph, goal] of [
      [half, 'balanced'],
      [few, 'size'],
    ] as const)
      expect([goal, weights(graph, goal).sparse]).toEqual([goal, 0]);
  });
});
