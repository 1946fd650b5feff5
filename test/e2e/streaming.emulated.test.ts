import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { type CompileOptions, compileModel, randomModel } from '../../src/pipeline/index.js';
import { profileReport } from '../../src/report/profile-report.js';
import { profileFirmware } from '../../src/run/profile.js';
import { loadTarget } from '../../src/target/load-target.js';
import { needsTool } from '../emulation/tools.js';

/** What the rows of a network take and cost does not depend on its weights. */
const compile = async (file: string, target: string, options?: CompileOptions) => {
  const loaded = await randomModel(join(packageRoot(), 'examples', file), { seed: 1 }, new Session());
  return compileModel(loaded, loadTarget(target), '0.0.0', options);
};
const emulated = needsTool('arm-none-eabi-gcc') && needsTool('qemu-system-arm');

describe('EffNet CIFAR-10', () => {
  it('has an arena of 5,704 bytes with the portable kernels', async () => {
    const { plan } = await compile('effnet-cifar10/model.ts', 'host');
    expect(plan.arenaBytes).toBeLessThanOrEqual(5704);
  });

  it.skipIf(!emulated)(
    'takes 8,500 bytes of arena and 9,700 of RAM in all on a micro:bit, rows pushed',
    async () => {
      const compiled = await compile('effnet-cifar10/model.ts', 'microbit', { entry: 'push-row' });
      const { ram } = profileReport(compiled, await profileFirmware(compiled.firmware));
      expect(ram.arena).toBeLessThanOrEqual(8500);
      expect(ram.total).toBeLessThanOrEqual(9700);
      expect(ram.total).toBe(ram.arena + ram.input + ram.output + ram.stack);
    },
    180_000,
  );
});

describe.skipIf(!emulated)('the searched order', () => {
  it.each(['cortex-m0', 'cortex-m4'])(
    '%s: takes no more than 103 of 100 instructions of the order layer by layer',
    async target => {
      const measured = async (order: 'search' | 'layers') => {
        const { firmware, plan } = await compile('shapes/ds-cnn.ts', target, { order });
        return { steps: plan.steps, ...(await profileFirmware(firmware)) };
      };
      const [searched, layers] = [await measured('search'), await measured('layers')];
      expect(searched.steps).not.toEqual(layers.steps);
      expect(searched.instructions).toBeLessThanOrEqual(1.03 * layers.instructions);
    },
    180_000,
  );
});
