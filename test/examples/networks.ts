import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatCount } from '../../src/cli/output.js';
import { Session } from '../../src/diagnostics/session.js';
import type { IntegerGraph } from '../../src/ir/graph.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, type LoadedModel, randomModel } from '../../src/pipeline/index.js';
import { type Plan, planGraph } from '../../src/plan/plan.js';
import { shadowRun } from '../../src/plan/shadow.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { planKernels } from '../../src/select/choose.js';
import { loadTarget } from '../../src/target/load-target.js';
import type { IsaFeature } from '../../src/target/target.js';
import { leastBound } from '../plan/least-bound.js';

/** Multiply-accumulates, weights, and bytes of the arena at most: a plan that becomes worse is noticed. */
export type Facts = readonly [macs: number, weights: number, arena: number];

/** How long planning an example may take; twice that where other work makes the same instructions take longer. */
const promisedSeconds = 2;

/** A plan, and the processor time, not the time on the clock, of making it: of the first one, since it is remembered. */
function timedPlan(graph: IntegerGraph, isa: readonly IsaFeature[]): { readonly plan: Plan; readonly seconds: number } {
  const started = process.cpuUsage();
  const plan = planGraph(graph, planKernels(graph, isa));
  const { user, system } = process.cpuUsage(started);
  return { plan, seconds: (user + system) / 1e6 };
}

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

/** Up to so many MACs a network runs in the suite of every day. The others run in `npm run test:exhaustive`. */
const fewMacs = 3_000_000;

/** Above, a network is not even planned in the suite of every day. */
const manyMacs = 100_000_000;

/** The networks of a folder of `examples`: their facts are all there, in its README, and true. */
export function describeNetworks(folder: string, facts: Readonly<Record<string, Facts>>): void {
  const directory = join(packageRoot(), 'examples', folder);
  const files = readdirSync(directory).filter(file => file.endsWith('.ts'));

  it('every network has its counts here and in the README', () => {
    expect(files.sort()).toEqual(Object.keys(facts).sort());
    const readme = readFileSync(join(directory, 'README.md'), 'utf8');
    for (const [file, [macs, weights]] of Object.entries(facts)) {
      const row = readme.split('\n').find(line => line.startsWith(`| \`${file}\` |`));
      expect(row, file).toMatch(new RegExp(`\\| ${formatCount(macs)} \\| ${formatCount(weights)} \\|$`));
    }
  });

  for (const [file, fact] of Object.entries(facts)) {
    if (fact[0] <= manyMacs || exhaustive) describe(file, () => describeNetwork(join(directory, file), fact));
  }
}

function describeNetwork(path: string, [macs, weights, arena]: Facts): void {
  let loaded: Promise<LoadedModel> | undefined;
  const load = () => {
    loaded ??= randomModel(path, { seed: 1 }, new Session());
    return loaded;
  };

  it('keeps within 4 % of the row-live bound with the kernels of Cortex-M4, too, and is planned in time', async () => {
    const { graph } = await load();
    const { isa } = loadTarget('cortex-m4');
    const { plan, seconds } = timedPlan(graph, isa);
    expect(plan.arenaBytes).toBeLessThanOrEqual(1.04 * leastBound(plan));
    expect(shadowRun(plan)).toBeUndefined();
    expect(seconds).toBeLessThan(2 * promisedSeconds);
  });

  it('has the published size and a sound plan, and its C equals the reference', async () => {
    const { graph } = await load();
    expect(timedPlan(graph, []).seconds).toBeLessThan(2 * promisedSeconds);
    const { firmware, macs: counted, plan } = compileModel(await load(), loadTarget('host'), '0.0.0');
    const stored = graph.nodes.reduce((sum, node) => sum + (node.constants.weight?.data.length ?? 0), 0);
    expect([counted, stored]).toEqual([macs, weights]);
    expect(plan.arenaBytes).toBeLessThanOrEqual(arena);
    expect(plan.arenaBytes).toBeLessThanOrEqual(1.04 * leastBound(plan));
    expect(plan.boundBytes).toBeLessThanOrEqual(Math.min(plan.standard.demand, plan.standard.layers));
    expect(shadowRun(plan)).toBeUndefined();
    // Random activations neither fade nor grow from layer to layer.
    const scales = graph.nodes.map(({ type }) => type.quantisation?.scale ?? expect.fail('no scale'));
    expect(Math.min(...scales)).toBeGreaterThan(1 / 500);
    expect(Math.max(...scales)).toBeLessThan(1 / 10);

    if (macs > fewMacs && !exhaustive) return;
    const reason = hostDriver.unavailable(firmware);
    if (reason !== undefined && process.env.CI !== 'true') return console.warn(`skipped: ${reason}`);
    const vectors = randomVectors(1, firmware.inputBytes);
    const reports = await verifyDrivers(graph, firmware, vectors, await referenceTensors(graph, vectors), [hostDriver]);
    expect(reports).toEqual([{ name: 'host', status: 'equal' }]);
  });
}
