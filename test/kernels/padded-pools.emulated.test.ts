import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { compileModel } from '../../src/pipeline/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { needsTool } from '../emulation/tools.js';
import { buildModel } from '../ops/models.js';

const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };
const emulated = needsTool('arm-none-eabi-gcc') && needsTool('qemu-system-arm');

// GCC unrolls two rows, sees that neither may be inside, and warns of a tap that was never written.
describe.skipIf(!emulated)('a max pool of two rows, of which one may be missing', () => {
  it.each([
    ['cortex-m3', 2],
    ['cortex-m55', 20],
  ])('is compiled without a warning on %s', async (target, channels) => {
    const { fused, images } = await buildModel(
      'padded',
      `height: 5, width: 7, channels: ${channels}`,
      'x = maxPool(x, { kernel: [2, 3], stride: 1, padding: { bottom: 1, left: 2, right: 2 } });',
    );
    const graph = lowerModel(quantiseGraph(fused, await calibrate(fused, images), 'native'));
    const { firmware } = compileModel({ graph, rounding: 'native', source }, loadTarget(target), '0.0.0');
    const vectors = randomVectors(2, firmware.inputBytes);
    const expected = await referenceTensors(graph, vectors);
    expect(await verifyDrivers(graph, firmware, vectors, expected, [qemuDriver])).toEqual([
      { name: 'qemu', status: 'equal' },
    ]);
  });
});
