import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, randomModel } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { profileFirmware } from '../../src/run/profile.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { withBuildDirectory } from '../../src/toolchain/build-directory.js';
import { boardOf, buildFirmware } from '../../src/toolchain/build-firmware.js';
import { runProcess } from '../../src/toolchain/process.js';
import { needsTool } from '../emulation/tools.js';

// The data TCM of AN547 begins at 0x30000000, its other RAM at 0x31000000.
it.skipIf(!needsTool('arm-none-eabi-gcc') || !needsTool('qemu-system-arm'))(
  'a target that has a place for the arena gets it there, and the same bytes come out',
  async () => {
    const loaded = await randomModel(join(packageRoot(), 'examples', 'tiny', 'model.ts'), { seed: 1 }, new Session());
    const { firmware, files, plan } = compileModel(loaded, loadTarget('mps3-an547'), '0.0.0');
    await expect(files.get('tiny_sections.ld')).toMatchFileSnapshot('tiny_sections.ld');
    const symbols = await withBuildDirectory(async directory => {
      const { image } = await buildFirmware(firmware, { mode: 'run', platform: boardOf(firmware) }, directory);
      return (await runProcess('arm-none-eabi-nm', [image], { cwd: directory, timeoutMs: 10_000 })).stdout;
    });
    expect(symbols).toMatch(/^30000000 \w arena_memory$/m);
    expect(symbols).toMatch(/^31[0-9a-f]{6} \w pushed$/m);
    const vectors = randomVectors(3, firmware.inputBytes);
    const reports = await verifyDrivers(
      loaded.graph,
      firmware,
      vectors,
      await referenceTensors(loaded.graph, vectors),
      [qemuDriver],
    );
    expect(reports).toEqual([{ name: 'qemu', status: 'equal' }]);
    const { arenaBytes } = await profileFirmware(firmware);
    expect(arenaBytes).toBe(plan.arenaBytes + 4);
  },
  120_000,
);
