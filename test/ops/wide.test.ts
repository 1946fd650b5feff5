import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import { compileModel } from '../../src/pipeline.js';
import { wideActivations } from '../../src/quantize/activation-bits.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { exhaustive } from './equality.js';
import { makeModel, models } from './models.js';

/** One for each family of kernels. */
const cores = ['cortex-m4', 'cortex-m0', 'cortex-m3', 'cortex-m55'];

// The header wants files to hash; any will do.
const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };

/** Networks in which nothing can be int16: all that there is goes into a softmax, or is a table. */
const narrowOnly = ['thin', 'flattened', 'tables'];

const names = Object.keys(models).filter(name => !narrowOnly.includes(name));

describe.each(names.map((name, m) => [name, m] as const))('%s with int16 activations', (name, m) => {
  const tries = (exhaustive ? cores : [cores[m % cores.length]]).flatMap((target, t) =>
    (exhaustive ? roundings : [roundings[(m + t) % roundings.length]]).map(rounding => ({ target, rounding })),
  );
  const entry = m % 2 === 0 ? 'infer' : 'push-row';

  it.each(tries)(`the C equals the reference: $target, $rounding, ${entry}`, async ({ target, rounding }) => {
    const { fused, images } = await makeModel(name);
    const wide = wideActivations(fused, [{ pattern: '*', bits: 16 }]);
    expect(wide.size).toBeGreaterThan(0);
    const lowered = lowerModel(quantiseGraph(fused, await calibrate(fused, images), rounding, wide));
    const graph = runPasses(lowered, integerPasses);
    for (const node of lowered.nodes) expect(node.type.dtype === 'i16', node.name).toBe(wide.has(node.name));
    const { firmware } = compileModel({ graph, rounding, source }, loadTarget(target), '0.0.0', { entry });
    const vectors = [...extremeVectors(firmware.inputBytes), ...randomVectors(4, firmware.inputBytes)];
    const expected = await referenceTensors(graph, vectors);
    const able = [hostDriver, qemuDriver].filter(
      driver => process.env.CI === 'true' || driver.unavailable(firmware) === undefined,
    );
    expect(await verifyDrivers(graph, firmware, vectors, expected, able)).toEqual(
      able.map(driver => ({ name: driver.name, status: 'equal' })),
    );
  });
});
