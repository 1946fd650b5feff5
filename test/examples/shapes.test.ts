import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatCount } from '../../src/cli/output.js';
import { Session } from '../../src/diagnostics/session.js';
import type { Graph } from '../../src/ir/graph.js';
import { planKernels } from '../../src/kernels/select.js';
import type { IsaFeature } from '../../src/ops/kernel.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, randomModel } from '../../src/pipeline.js';
import { planGraph } from '../../src/plan/plan.js';
import { shadowRun } from '../../src/plan/shadow.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { leastBound } from '../plan/least-bound.js';

/**
 * Multiply-accumulates and weights. EffNet and its comparison networks: counted by hand from the tables of arXiv 1801.06434,
 * and half of the FLOPs printed there. MLPerf Tiny: the products of the dimensions in the benchmark's reference code.
 */
const counts: Readonly<Record<string, readonly [macs: number, weights: number]>> = {
  'baseline.ts': [39_559_168, 411_328],
  'ds-cnn.ts': [2_656_768, 22_016],
  'effnet-gtsrb.ts': [172_032, 23_910],
  'effnet-revised-r2.ts': [8_323_072, 229_312],
  'effnet-revised-r4.ts': [14_835_712, 415_936],
  'effnet-revised-r6.ts': [21_348_352, 602_560],
  'effnet-svhn.ts': [258_816, 11_694],
  'mobilenet-v1-025-96.ts': [7_489_664, 208_112],
  'mobilenet-v2-r6.ts': [21_016_576, 421_696],
  'mobilenet.ts': [2_914_304, 85_376],
  'resnet8.ts': [12_501_632, 77_360],
};

/** Bytes of the arena at most: a plan that becomes worse is noticed. */
const arenas: Readonly<Record<string, number>> = {
  'baseline.ts': 10_280,
  'ds-cnn.ts': 3_456,
  'effnet-gtsrb.ts': 1_060,
  'effnet-revised-r2.ts': 10_280,
  'effnet-revised-r4.ts': 16_808,
  'effnet-revised-r6.ts': 23_232,
  'effnet-svhn.ts': 1_128,
  'mobilenet-v1-025-96.ts': 9_600,
  'mobilenet-v2-r6.ts': 26_624,
  'mobilenet.ts': 7_720,
  'resnet8.ts': 8_960,
};

/** How long planning an example may take; twice that where other work makes the same instructions take longer. */
const promisedSeconds = 2;

/** Processor time, not time on the clock, of a second planning: the first one warmed up. */
function planningSeconds(graph: Graph, isa: readonly IsaFeature[]): number {
  const started = process.cpuUsage();
  planGraph(graph, planKernels(graph, isa));
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

const directory = join(packageRoot(), 'examples', 'shapes');
const files = readdirSync(directory)
  .filter(file => file.endsWith('.ts'))
  .sort();

it('every network has its counts here and in the README', () => {
  expect(files).toEqual(Object.keys(counts).sort());
  const readme = readFileSync(join(directory, 'README.md'), 'utf8');
  for (const [file, [macs, weights]] of Object.entries(counts)) {
    const row = readme.split('\n').find(line => line.startsWith(`| \`${file}\` |`));
    expect(row, file).toMatch(new RegExp(`\\| ${formatCount(macs)} \\| ${formatCount(weights)} \\|$`));
  }
});

describe.each(files)('%s', file => {
  it('keeps within 4 % of the row-live bound with the kernels of Cortex-M4, too, and is planned in time', async () => {
    const { graph } = await randomModel(join(directory, file), { seed: 1 }, new Session());
    const { isa } = loadTarget('cortex-m4');
    const plan = planGraph(graph, planKernels(graph, isa));
    expect(plan.arenaBytes).toBeLessThanOrEqual(1.04 * leastBound(plan));
    expect(shadowRun(plan)).toBeUndefined();
    expect(planningSeconds(graph, isa)).toBeLessThan(2 * promisedSeconds);
  });

  it('has the published size and a sound plan, and its C equals the reference', async () => {
    const loaded = await randomModel(join(directory, file), { seed: 1 }, new Session());
    const { graph } = loaded;
    const { firmware, macs, plan } = compileModel(loaded, loadTarget('host'), '0.0.0');
    expect(planningSeconds(graph, [])).toBeLessThan(2 * promisedSeconds);
    const weights = graph.nodes.reduce((sum, node) => sum + (node.constants.weight?.data.length ?? 0), 0);
    expect([macs, weights]).toEqual(counts[file]);
    expect(plan.arenaBytes).toBeLessThanOrEqual(arenas[file]);
    expect(plan.arenaBytes).toBeLessThanOrEqual(1.04 * leastBound(plan));
    expect(plan.boundBytes).toBeLessThanOrEqual(Math.min(plan.standard.demand, plan.standard.layers));
    expect(shadowRun(plan)).toBeUndefined();
    // Random activations neither fade nor grow from layer to layer.
    const scales = graph.nodes.map(({ type }) => type.quantisation?.scale ?? expect.fail('no scale'));
    expect(Math.min(...scales)).toBeGreaterThan(1 / 300);
    expect(Math.max(...scales)).toBeLessThan(1 / 10);

    // The others run in the slow suite, `npm run test:exhaustive`.
    if (macs > 3_000_000 && process.env.EFFNETC_EXHAUSTIVE !== '1') return;
    const reason = hostDriver.unavailable(firmware);
    if (reason !== undefined && process.env.CI !== 'true') return console.warn(`skipped: ${reason}`);
    const vectors = randomVectors(1, firmware.inputBytes);
    const reports = await verifyDrivers(graph, firmware, vectors, await referenceTensors(graph, vectors), [hostDriver]);
    expect(reports).toEqual([{ name: 'host', status: 'equal' }]);
  });
});
