import { describe, expect, it } from 'vitest';
import { checkModelName } from '../../src/frontend/model-name.js';
import { withBuildDirectory } from '../../src/toolchain/build-directory.js';
import { type BuildMode, boardOf, buildFirmware } from '../../src/toolchain/build-firmware.js';
import type { Entry } from '../../src/toolchain/firmware.js';
import { missingReason } from '../../src/toolchain/tools.js';
import { namedFirmware } from './named-firmware.js';

/** Headers, macros and functions that the harness has, or has had, of its own; each where it would meet them. */
const builds: readonly (readonly [name: string, mode: BuildMode, entry: Entry])[] = [
  ['config', 'trace', 'infer'],
  ['trace', 'trace', 'infer'],
  ['port', 'trace', 'infer'],
  ['buffers', 'run', 'infer'],
  ['exit', 'run', 'infer'],
  ['timer', 'profile-total', 'infer'],
  ['harness_config', 'profile-layers', 'infer'],
  ['harness_string', 'run', 'infer'],
  ['model', 'run', 'push-row'],
];

describe.skipIf(missingReason('armCompiler') !== undefined && process.env.CI !== 'true')('a model may be named', () => {
  it.each(builds)('%s (%s, %s)', async (name, mode, entry) => {
    expect(checkModelName(name)).toBeUndefined();
    const firmware = await namedFirmware(name, entry);
    await withBuildDirectory(directory => buildFirmware(firmware, { mode, platform: boardOf(firmware) }, directory));
  });
});

describe('a model may not be named', () => {
  it.each(['stdint', 'string', 'String', 'math', 'effnetc_trace', 'effnetc_harness'])('%s', name => {
    expect(checkModelName(name)).toMatch(/header of C itself|begins with effnetc_/);
  });
});
