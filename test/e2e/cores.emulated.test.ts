import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readVectors } from '../../src/cli/vectors.js';
import { Session } from '../../src/diagnostics/session.js';
import { compileModel, type LoadedModel, sourceOf } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import type { Driver } from '../../src/run/driver.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { listTargets, loadTarget } from '../../src/target/load-target.js';
import type { Entry } from '../../src/toolchain/firmware.js';
import { example, exhaustive, quantisedExample } from './demo-network.js';

const count = exhaustive ? 100 : 4;
const mustRun = process.env.CI === 'true';

// The demo network, on real and on random images: every byte of every layer, reference = host C = C on each core.
describe.each(['native', 'tflite'] as const)('the demo network under %s rounding', rounding => {
  let loaded: LoadedModel;
  let vectors: Uint8Array[];
  let expected: Awaited<ReturnType<typeof referenceTensors>>;

  beforeAll(async () => {
    loaded = await quantisedExample('model.ts', 'effnet_relu.npz', rounding, 32);
    const { type } = sourceOf(loaded.graph);
    const bytes = type.shape.height * type.shape.width * type.shape.channels;
    vectors = [
      ...readVectors(join(example, 'data', 'test_images.npy'), sourceOf(loaded.graph), new Session(), count),
      ...extremeVectors(bytes).slice(0, exhaustive ? 3 : 1),
      ...randomVectors(count, bytes),
    ];
    expected = await referenceTensors(loaded.graph, vectors);
  }, 600_000);

  const check = async (target: string, entry: Entry, driver: Driver) => {
    const { firmware } = compileModel(loaded, loadTarget(target), '0.0.0', { entry });
    const reason = driver.unavailable(firmware);
    if (reason !== undefined && !mustRun) return console.warn(`skipped ${target}: ${reason}`);
    const [report] = await verifyDrivers(loaded.graph, firmware, vectors, expected, [driver]);
    expect(report).toEqual({ name: driver.name, status: 'equal' });
  };

  const cores = listTargets().filter(name => loadTarget(name).qemu !== undefined);
  describe.each(['infer', 'push-row'] as const)('%s', entry => {
    it('host, under the sanitizers', () => check('host', entry, hostDriver), 600_000);
    it.each(cores)('%s', target => check(target, entry, qemuDriver), 900_000);
  });

  it('a wrong byte is found and named', async () => {
    const { firmware } = compileModel(loaded, loadTarget('host'), '0.0.0');
    if (hostDriver.unavailable(firmware) !== undefined && !mustRun) return;
    const broken = expected.map((tensors, v) => {
      const changed = new Map(tensors);
      const layer = tensors.get('block2.dw2')?.slice();
      if (v === 1 && layer !== undefined) {
        layer[1 * 8 * 64 + 3 * 64 + 5] ^= 1;
        changed.set('block2.dw2', layer);
      }
      return changed;
    });
    const [report] = await verifyDrivers(loaded.graph, firmware, vectors, broken, [hostDriver]);
    expect(report).toMatchObject({
      status: 'different',
      mismatch: { vector: 1, layer: 'block2.dw2', row: 1, column: 3, channel: 5 },
    });
  });
});
