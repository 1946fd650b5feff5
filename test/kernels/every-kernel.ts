import { join } from 'node:path';
import { expect } from 'vitest';
import type { IntegerGraph } from '../../src/ir/graph.js';
import { byteCount } from '../../src/ir/tensor.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, kernelCandidates, sourceOf } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { allOf } from '../../src/select/choose.js';
import { loadTarget } from '../../src/target/load-target.js';

/** The first kernels of each layer of a graph on a target, so many, equal the reference: on the host under sanitizers, and in QEMU. */
export async function expectKernelsEqual(
  graph: IntegerGraph,
  rounding: Rounding,
  name: string,
  most: number,
): Promise<void> {
  const target = loadTarget(name);
  const file = join(packageRoot(), 'package.json');
  const loaded = { graph, rounding, source: { model: file, weights: file } };
  const layers = kernelCandidates(loaded, target).map(layer => ({ ...layer, all: allOf(layer) }));
  const bytes = byteCount(sourceOf(graph).type);
  const vectors = [...extremeVectors(bytes), ...randomVectors(8, bytes)];
  const expected = await referenceTensors(graph, vectors);
  for (let round = 0; round < most; round++) {
    const choices = new Map(layers.map(({ node, all }) => [node.name, { rows: all[round % all.length].plan }]));
    const { firmware } = compileModel(loaded, target, '0.0.0', { choose: () => choices });
    const able = [hostDriver, qemuDriver].filter(
      driver => process.env.CI === 'true' || driver.unavailable(firmware) === undefined,
    );
    for (const report of await verifyDrivers(graph, firmware, vectors, expected, able)) {
      expect(report, `round ${round}`).toMatchObject({ status: 'equal' });
    }
  }
}
