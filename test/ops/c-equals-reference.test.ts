import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rounding, roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
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

describe.each(Object.keys(models))('%s', name => {
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
    ...roundings.map(rounding => ({ target: 'host', rounding, entry: 'infer', order: 'search' }) as const),
    { target: 'host', rounding: 'native', entry: 'push-row', order: 'search' },
    { target: 'host', rounding: 'native', entry: 'push-row', order: 'layers' },
    { target: 'host', rounding: 'native', entry: 'infer', order: 'demand' },
    ...['cortex-m0', 'cortex-m3'].flatMap(target => [
      { target, rounding: 'native', entry: 'infer', order: 'search' } as const,
      { target, rounding: 'tflite', entry: 'infer', order: 'search' } as const,
    ]),
    ...roundings.map(rounding => ({ target: 'cortex-m4', rounding, entry: 'infer', order: 'search' }) as const),
    ...roundings.map(rounding => ({ target: 'cortex-m55', rounding, entry: 'infer', order: 'search' }) as const),
  ] as const)('the C equals the reference: $target, $rounding, $entry, $order', async options => {
    const rounding: Rounding = options.rounding;
    const { fused, images } = await makeModel(name);
    const graph = lowerModel(quantiseGraph(fused, await calibrate(fused, images), rounding));
    // The header wants files to hash; any will do.
    const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };
    const { firmware } = compileModel({ graph, rounding, source }, loadTarget(options.target), '0.0.0', options);
    // On the host, sanitizers are on.
    for (const driver of options.target === 'host' ? [hostDriver] : [hostDriver, qemuDriver]) {
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
