import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rounding, roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import { compileModel } from '../../src/pipeline.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { runFloat } from '../../src/run/reference.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { makeModel, models } from './models.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

/** One for each family of kernels. Without the slow suite, each model is tried there under one rule of the three. */
const cores = ['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m55'];

/** On the host. */
const ways = [
  { entry: 'infer', order: 'search' },
  { entry: 'push-row', order: 'search' },
  { entry: 'push-row', order: 'layers' },
  { entry: 'infer', order: 'demand' },
] as const;

/** Every rule, and one way for each, other pairs for each model. */
const pairs = (m: number) => roundings.map((rounding, r) => ({ rounding, ...ways[(m + r) % ways.length] }));

describe.each(Object.keys(models).map((name, m) => [name, m] as const))('%s', (name, m) => {
  it('fusing keeps the float values', async () => {
    const { plain, fused, images } = await makeModel(name);
    for (const image of images) {
      const before = runFloat(plain, image).get(plain.output) ?? [];
      const after = runFloat(fused, image).get(fused.output) ?? [];
      expect(after.length).toBe(before.length);
      for (let i = 0; i < before.length; i++)
        expect(Math.abs(after[i] - before[i])).toBeLessThan(1e-4 * (1 + Math.abs(before[i])));
    }
  });

  it.each([
    ...(exhaustive ? roundings.flatMap(rounding => ways.map(way => ({ rounding, ...way }))) : pairs(m)).map(
      ({ rounding, entry, order }) => ({ target: 'host', rounding, entry, order }) as const,
    ),
    ...cores.flatMap((target, t) =>
      (exhaustive ? roundings : [roundings[(m + t) % roundings.length]]).map(
        rounding => ({ target, rounding, entry: 'infer', order: 'search' }) as const,
      ),
    ),
  ])('the C equals the reference: $target, $rounding, $entry, $order', async options => {
    const rounding: Rounding = options.rounding;
    const { fused, images } = await makeModel(name);
    const lowered = lowerModel(quantiseGraph(fused, await calibrate(fused, images), rounding));
    const graph = runPasses(lowered, integerPasses);
    // The header wants files to hash; any will do.
    const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };
    const { firmware } = compileModel({ graph, rounding, source }, loadTarget(options.target), '0.0.0', options);
    // The C for a core runs on the host, too, with sanitizers on.
    const drivers = options.target === 'host' ? [hostDriver] : [hostDriver, qemuDriver];
    for (const driver of drivers) {
      const reason = driver.unavailable(firmware);
      if (reason !== undefined && process.env.CI !== 'true') {
        console.warn(`skipped: ${reason}`);
        continue;
      }
      const vectors = [...extremeVectors(firmware.inputBytes), ...randomVectors(12, firmware.inputBytes)];
      const expected = await referenceTensors(graph, vectors);
      const [report] = await verifyDrivers(graph, firmware, vectors, expected, [driver]);
      expect(report).toEqual({ name: driver.name, status: 'equal' });
    }
  });
});
