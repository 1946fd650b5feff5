import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { IntegerGraph } from '../../src/ir/graph.js';
import { byteCount, type SubByteBits, subByteWidths } from '../../src/ir/tensor.js';
import { roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, kernelCandidates, sourceOf } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { allOf, type KernelChoice } from '../../src/select/choose.js';
import { loadTarget } from '../../src/target/load-target.js';
import { randomChain, randomIntegerModel } from './random-model.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';
const models = exhaustive ? 60 : 2;
const mustRun = process.env.CI === 'true';

// Every variant of every kernel on shapes that nobody would choose: on the host under sanitizers, and on the core.
describe.each(['cortex-m4', 'cortex-m3', 'cortex-m0'])('%s', target => {
  it.each(Array.from({ length: models }, (_, i) => i + 1))(
    'model %i equals the reference',
    seed => verify(target, seed),
    300_000,
  );
});

// All widths of narrow weights on the same shapes, odd counts of channels and taps among them.
describe.each(['cortex-m4', 'cortex-m55'])('%s with narrow weights', target => {
  it.each(Array.from({ length: exhaustive ? 30 : 2 }, (_, i) => i + 1))(
    'model %i equals the reference',
    seed => verify(target, seed, subByteWidths[seed % subByteWidths.length]),
    300_000,
  );
});

// Not only those that are chosen: --optimize, --tune and another core may take any of them.
describe.each(['cortex-m4', 'cortex-m3', 'cortex-m0', 'cortex-m55'])('every kernel that there is on %s', target => {
  it.each(exhaustive ? [3, 4, 5, 6, 7, 8] : [3])(
    'equals the reference in model %i',
    async seed => {
      const rounding = roundings[seed % roundings.length];
      const graph = await randomIntegerModel(seed, rounding);
      const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };
      const loaded = { graph, rounding, source };
      const layers = kernelCandidates(loaded, loadTarget(target)).map(layer => ({ ...layer, all: allOf(layer) }));
      const vectors = [...extremeVectors(inputBytes(graph)), ...randomVectors(2, inputBytes(graph))];
      const expected = await referenceTensors(graph, vectors);
      for (let round = 0; round < Math.max(...layers.map(({ all }) => all.length)); round++) {
        const choices = new Map(
          layers.map(({ node, all }): [string, KernelChoice] => [node.name, { rows: all[round % all.length].plan }]),
        );
        const { firmware } = compileModel(loaded, loadTarget(target), '0.0.0', { choose: () => choices });
        const drivers = round % 2 === 0 ? [hostDriver, qemuDriver] : [hostDriver];
        const able = drivers.filter(driver => mustRun || driver.unavailable(firmware) === undefined);
        for (const report of await verifyDrivers(graph, firmware, vectors, expected, able)) {
          expect(report, `${round} of ${JSON.stringify(randomChain(seed))}`).toMatchObject({ status: 'equal' });
        }
      }
    },
    600_000,
  );
});

function inputBytes(graph: IntegerGraph): number {
  return byteCount(sourceOf(graph).type);
}

/** The kernels that are chosen, on the host and in QEMU. */
async function verify(target: string, seed: number, bits?: SubByteBits): Promise<void> {
  const rounding = roundings[seed % roundings.length];
  const graph = await randomIntegerModel(seed, rounding, bits);
  const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };
  const { firmware } = compileModel({ graph, rounding, source }, loadTarget(target), '0.0.0');
  const vectors = [...extremeVectors(firmware.inputBytes), ...randomVectors(3, firmware.inputBytes)];
  const expected = await referenceTensors(graph, vectors);
  for (const driver of [hostDriver, qemuDriver]) {
    const reason = driver.unavailable(firmware);
    if (reason !== undefined && !mustRun) {
      console.warn(`skipped: ${reason}`);
      continue;
    }
    const [report] = await verifyDrivers(graph, firmware, vectors, expected, [driver]);
    expect(report, JSON.stringify(randomChain(seed))).toEqual({ name: driver.name, status: 'equal' });
  }
}
