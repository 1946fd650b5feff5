import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../src/diagnostics/session.js';
import { compileModel, randomModel } from '../../src/pipeline/index.js';
import { loadTarget } from '../../src/target/load-target.js';
import type { Entry, Firmware } from '../../src/toolchain/firmware.js';
import { modelText } from '../cli/workspace.js';

/** The generated C of a small network with random weights. */
export async function namedFirmware(name: string, entry: Entry, target = 'cortex-m4'): Promise<Firmware> {
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-named-'));
  try {
    const model = join(directory, 'model.ts');
    writeFileSync(
      model,
      modelText("dense(conv(x, { name: 'c', channels: 2, kernel: 3 }), { name: 'fc', units: 3 })", { name }),
    );
    const loaded = await randomModel(model, { seed: 1 }, new Session());
    return compileModel(loaded, loadTarget(target), '0.0.0', { entry }).firmware;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
