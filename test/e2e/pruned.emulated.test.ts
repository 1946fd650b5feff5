import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readVectors } from '../../src/cli/vectors.js';
import { Session } from '../../src/diagnostics/session.js';
import { readInputs } from '../../src/frontend/arrays/images.js';
import type { FloatGraph, Node } from '../../src/ir/graph.js';
import { type Constant, elementCount } from '../../src/ir/tensor.js';
import {
  type CompiledModel,
  compileModel,
  type LoadedModel,
  loadedModel,
  loadFloatModel,
  quantiseModel,
  reduceFor,
  sourceOf,
} from '../../src/pipeline/index.js';
import { referenceTensors, requireSameResults } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { type ProfileResult, profileFirmware } from '../../src/run/profile.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import type { Target } from '../../src/target/target.js';
import { example, exhaustive } from './demo-network.js';

const mustRun = process.env.CI === 'true';

/** The norm below which a given part of the numbers lies. */
const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(part * values.length)];

/**
 * A layer without its weakest filters, and without half of its other weights. Every fourth of those filters keeps its bias, as when
 * only weights were pruned.
 */
function pruned(node: Node): Node {
  const { weight, bias } = node.constants;
  if (weight === undefined || bias === undefined || node.op === 'dense') return node;
  const perOutput = weight.data.length / weight.shape[0];
  const weights = Float32Array.from(weight.data);
  const biases = Float32Array.from(bias.data);
  const norms = Array.from(biases, (_, o) =>
    weights.subarray(o * perOutput, (o + 1) * perOutput).reduce((a, w) => a + w * w, 0),
  );
  const weakest = node.op === 'conv' ? quantile(norms, 0.4) : -1;
  const small = quantile(Array.from(weights, Math.abs), node.op === 'conv' ? 0.5 : 0);
  let filters = 0;
  for (const [o, norm] of norms.entries()) {
    const row = weights.subarray(o * perOutput, (o + 1) * perOutput);
    if (norm >= weakest)
      row.forEach((w, i) => {
        if (Math.abs(w) < small) row[i] = 0;
      });
    else {
      row.fill(0);
      if (filters++ % 4 !== 3) biases[o] = 0;
    }
  }
  const constants: Record<string, Constant> = {
    ...node.constants,
    weight: { ...weight, data: weights },
    bias: { ...bias, data: biases },
  };
  return { ...node, constants };
}

/** The network with the fewest bytes of flash, which keeps no zeros, and says the same on this machine and on the core. */
async function withoutZeros(
  loaded: LoadedModel,
  target: Target,
  expected: Awaited<ReturnType<typeof referenceTensors>>,
  vectors: readonly Uint8Array[],
): Promise<CompiledModel> {
  const compiled = compileModel(loaded, target, '0.0.0', { optimize: 'size' });
  const sparse = compiled.plan.layers.filter(({ kernel }) => kernel.tables.some(table => table.sparse === true));
  expect(sparse.length).toBeGreaterThan(4);
  for (const driver of [hostDriver, qemuDriver]) {
    if (driver.unavailable(compiled.firmware) !== undefined && !mustRun) continue;
    const some = driver === hostDriver ? vectors.length : 2;
    const reports = await verifyDrivers(
      loaded.graph,
      compiled.firmware,
      vectors.slice(0, some),
      expected.slice(0, some),
      [driver],
    );
    expect(reports).toEqual([{ name: driver.name, status: 'equal' }]);
  }
  return compiled;
}

// The same quantised weights, compiled with all channels and without those that the result does not need.
describe('the demo network, pruned', () => {
  let all: LoadedModel;
  let vectors: Uint8Array[];

  beforeAll(async () => {
    const source = { model: join(example, 'model.ts'), weights: join(example, 'effnet_relu.npz') };
    const session = new Session();
    const float = await loadFloatModel(source, session);
    const graph: FloatGraph = { ...float, nodes: float.nodes.map(pruned) };
    const images = readInputs(join(example, 'data', 'calibration_images.npy'));
    const quantised = await quantiseModel(graph, { ...images, count: 32 }, { roundingSearch: false }, session);
    all = loadedModel(quantised, source);
    const bytes = elementCount(sourceOf(all.graph).type.shape);
    vectors = [
      ...readVectors(join(example, 'data', 'test_images.npy'), sourceOf(all.graph), session, exhaustive ? 100 : 20),
      ...extremeVectors(bytes),
      ...randomVectors(3, bytes),
    ];
  }, 600_000);

  it.each(exhaustive ? ['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m55'] : ['cortex-m3', 'cortex-m55'])(
    '%s: fewer bytes, fewer instructions, every byte of every output',
    async name => {
      const target = loadTarget(name);
      const less = reduceFor(all, target);
      const [before, after] = [all, less].map(loaded => compileModel(loaded, target, '0.0.0'));
      const expected = await referenceTensors(less.graph, vectors);
      requireSameResults(all.graph, await referenceTensors(all.graph, vectors), less.graph, expected);
      const flash = ({ view }: CompiledModel) => view.weightBytes + view.tableBytes;
      expect(flash(after)).toBeLessThan(0.8 * flash(before));
      expect(after.plan.arenaBytes).toBeLessThanOrEqual(before.plan.arenaBytes);
      expect(after.macs).toBeLessThan(0.8 * before.macs);
      expect(after.reduced.length).toBeGreaterThan(5);
      for (const driver of [hostDriver, qemuDriver]) {
        const reason = driver.unavailable(after.firmware);
        if (reason !== undefined && !mustRun) return console.warn(`skipped ${name}: ${reason}`);
        const some = driver === hostDriver ? vectors.length : 2;
        const reports = await verifyDrivers(
          less.graph,
          after.firmware,
          vectors.slice(0, some),
          expected.slice(0, some),
          [driver],
        );
        expect(reports).toEqual([{ name: driver.name, status: 'equal' }]);
      }
      const bytes = ({ flash: { code, weights, tables } }: ProfileResult) => code + weights + tables;
      const [full, reduced] = [await profileFirmware(before.firmware), await profileFirmware(after.firmware)];
      console.log(
        `${name}, pruned: ${before.macs} -> ${after.macs} MACs, ${full.instructions} -> ${reduced.instructions} instructions, ` +
          `${bytes(full)} -> ${bytes(reduced)} bytes of flash, ${before.plan.arenaBytes} -> ${after.plan.arenaBytes} of arena`,
      );
      const smallest = await profileFirmware((await withoutZeros(less, target, expected, vectors)).firmware);
      console.log(`  for size: ${smallest.instructions} instructions, ${bytes(smallest)} bytes of flash`);
      expect(bytes(smallest)).toBeLessThan(0.85 * bytes(reduced));
      expect(reduced.instructions).toBeLessThan(full.instructions);
      expect(bytes(reduced)).toBeLessThan(bytes(full));
    },
    600_000,
  );
});
