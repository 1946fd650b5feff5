import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import { compileModel } from '../../src/pipeline/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { needsTool } from '../emulation/tools.js';
import { buildModel } from '../ops/models.js';

const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };

describe.skipIf(!needsTool('gcc'))('words of a pixel that nothing was widened into', () => {
  // Layer `a` has 12 inputs in 8 words, 2 of them without any, and the last position of `b` ends in one of these: both have the same scratch.
  it('are no end, though the end of another layer is left in them', async () => {
    const { fused, images } = await buildModel(
      'stale',
      'height: 1, width: 11, channels: 12',
      "x = conv(x, { name: 'a', channels: 12, kernel: 1 }); x = conv(x, { name: 'b', channels: 24, kernel: [1, 2], padding: { left: 1 } });",
    );
    const lowered = lowerModel(quantiseGraph(fused, await calibrate(fused, images), 'native'));
    const graph = runPasses(lowered, integerPasses);
    const loaded = { graph, rounding: 'native', source } as const;
    const { firmware } = compileModel(loaded, loadTarget('cortex-m4'), '0.0.0', { consumeInput: true });
    const vectors = randomVectors(3, firmware.inputBytes);
    const expected = await referenceTensors(graph, vectors);
    expect(await verifyDrivers(graph, firmware, vectors, expected, [hostDriver])).toEqual([
      { name: 'host', status: 'equal' },
    ]);
  });
});
