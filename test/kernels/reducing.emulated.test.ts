import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { elementCount } from '../../src/ir/tensor.js';
import { roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { eliminateChannelsBy } from '../../src/passes/eliminate-channels.js';
import { compileModel, kernelCandidates, type LoadedModel, reduceFor, sourceOf } from '../../src/pipeline/index.js';
import { planGraph } from '../../src/plan/plan.js';
import { referenceTensors, requireSameResults } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { chooseKernels, ranked } from '../../src/select/choose.js';
import { loadTarget } from '../../src/target/load-target.js';
import { randomPruned } from '../passes/pruned-model.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';
const seeds = Array.from({ length: exhaustive ? 40 : 6 }, (_, i) => i + 1);
const targets = ['cortex-m0', 'cortex-m4', 'cortex-m55', 'host'] as const;

async function pruned(seed: number): Promise<LoadedModel> {
  const rounding = roundings[seed % roundings.length];
  // The header wants a file to hash; any will do.
  return {
    graph: await randomPruned(seed, rounding),
    rounding,
    source: { model: join(packageRoot(), 'package.json') },
  };
}

function takes(loaded: LoadedModel, name: string) {
  const layers = kernelCandidates(loaded, loadTarget(name));
  const costs = layers.map(({ rows }) => ranked(rows, 'balanced')[0].cost);
  return {
    instructions: costs.reduce((sum, { instructions = 0 }) => sum + instructions, 0),
    bytes: costs.reduce((sum, { tableBytes }) => sum + tableBytes, 0),
    arena: planGraph(loaded.graph, chooseKernels(layers, 'balanced')).arenaBytes,
  };
}

describe('a network with many weights of zero', () => {
  it('takes no more of anything with less channels, and often less', async () => {
    let reduced = 0;
    for (const seed of seeds) {
      const all = await pruned(seed);
      for (const name of targets) {
        const less = reduceFor(all, loadTarget(name));
        if (less === all) continue;
        reduced++;
        expect(less.whole).toBe(all.graph);
        const [before, after] = [takes(all, name), takes(less, name)];
        for (const what of ['instructions', 'bytes', 'arena'] as const)
          expect(after[what], `seed ${seed}, ${name}: ${what}`).toBeLessThanOrEqual(before[what]);
      }
    }
    expect(reduced).toBeGreaterThan(seeds.length);
  }, 300_000);

  // Whatever a target would take: odd numbers of channels are the hard ones.
  it.each(seeds.slice(0, 4).flatMap(seed => [1, 4].map(grain => [seed, grain] as const)))(
    'is the same in C, seed %i, grain %i',
    async (seed, grain) => {
      const all = await pruned(seed);
      const graph = eliminateChannelsBy(grain).run(all.graph);
      const vectors = randomVectors(3, elementCount(sourceOf(graph).type.shape));
      const expected = await referenceTensors(graph, vectors);
      requireSameResults(all.graph, await referenceTensors(all.graph, vectors), graph, expected);
      const name = targets[seed % targets.length];
      const { firmware } = compileModel({ ...all, graph }, loadTarget(name), '0.0.0');
      for (const driver of name === 'host' ? [hostDriver] : [hostDriver, qemuDriver]) {
        const reason = driver.unavailable(firmware);
        if (reason !== undefined && process.env.CI !== 'true') return console.warn(`skipped: ${reason}`);
        const reports = await verifyDrivers(graph, firmware, vectors, expected, [driver]);
        expect(reports).toEqual([{ name: driver.name, status: 'equal' }]);
      }
    },
    120_000,
  );

  it('is a fault of effnetc where a result differs', async () => {
    const { graph } = await pruned(1);
    const vectors = randomVectors(2, elementCount(sourceOf(graph).type.shape));
    const [expected, actual] = [await referenceTensors(graph, vectors), await referenceTensors(graph, vectors)];
    expect(() => requireSameResults(graph, expected, graph, actual)).not.toThrow();
    const result = actual[1].get(graph.output) ?? expect.fail('no result');
    result[result.length - 1]++;
    expect(() => requireSameResults(graph, expected, graph, actual)).toThrow('changed the result of vector 1');
  });
});
