import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, type LoadedModel, randomModel } from '../../src/pipeline/index.js';
import { profileFirmware } from '../../src/run/profile.js';
import { loadTarget } from '../../src/target/load-target.js';
import { withBuildDirectory } from '../../src/toolchain/build-directory.js';
import { boardOf, buildFirmware } from '../../src/toolchain/build-firmware.js';
import type { Entry } from '../../src/toolchain/firmware.js';
import { boundStack, type StackBound } from '../../src/toolchain/stack-bound.js';
import { quantisedExample } from '../e2e/demo-network.js';
import { toyFirmware } from './firmware.js';
import { needsTool } from './tools.js';

const here = needsTool('arm-none-eabi-gcc') && needsTool('qemu-system-arm');
const all = ['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m7', 'cortex-m33', 'cortex-m55', 'microbit'];
/** The large networks share the cores, but for the slow suite. */
const some = (...cores: readonly string[]): readonly string[] => (process.env.EFFNETC_EXHAUSTIVE === '1' ? all : cores);

/** Words of padding that nothing writes, and a path that is not the one taken: much more would be a mistake. */
const slackBytes = 32;
/** Instructions of the loop for each step, to push a row, and to copy a byte of a row or of output rows that wait. */
const [perStep, perRow, perByte] = [20, 80, 8];

const random = (file: string) => randomModel(`${packageRoot()}/${file}`, { seed: 1 }, new Session());
const models: readonly (readonly [string, readonly Entry[], readonly string[], () => Promise<LoadedModel>])[] = [
  ['tiny', ['infer', 'push-row'], all, () => random('examples/tiny/model.ts')],
  // Small enough that GCC would like to put its only layer and the loop over the steps into the entry.
  ['one layer', ['infer', 'push-row'], all, () => random('test/emulation/fixtures/one-layer.ts')],
  [
    'the demo network',
    ['infer'],
    some('cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m55'),
    () => quantisedExample('model.ts', 'effnet_relu.npz', 'native', 16),
  ],
  ['ds-cnn', ['push-row'], some('cortex-m7', 'cortex-m33', 'microbit'), () => random('examples/shapes/ds-cnn.ts')],
];

describe.skipIf(!here).each(models)('the stack of %s', (_, entries, cores, load) => {
  let loaded: Promise<LoadedModel> | undefined;

  it.each(cores.flatMap(core => entries.map(entry => [core, entry] as const)))(
    '%s, %s: the bound holds and is close; layers and driver add up to all',
    async (core, entry) => {
      loaded ??= load();
      const { firmware } = compileModel(await loaded, loadTarget(core), '0.0.0', { entry });
      const { stackBound: bound, stackBytes, ...profile } = await profileFirmware(firmware);
      if (bound.kind === 'unknown') return expect.fail(bound.reason);
      expect(bound.bytes).toBeGreaterThanOrEqual(stackBytes);
      expect(bound.bytes - stackBytes).toBeLessThanOrEqual(slackBytes);
      expect(bound.path.reduce((sum, frame) => sum + frame.bytes, 0)).toBe(bound.bytes);

      const layers = profile.layerInstructions.reduce((a, b) => a + b, 0);
      // What profileFirmware checks besides: the driver measured by itself is what is left of the total.
      expect(layers + profile.driverInstructions).toBe(profile.instructions);
      const steps = firmware.layers.reduce((sum, layer) => sum + layer.steps, 0);
      const pushed =
        entry === 'push-row' ? perRow * firmware.inputRows + perByte * (firmware.inputBytes + firmware.outputBytes) : 0;
      expect(profile.driverInstructions).toBeGreaterThan(steps);
      expect(profile.driverInstructions).toBeLessThan(100 + perStep * steps + pushed);
    },
    120_000,
  );
});

describe.skipIf(!here).each(['cortex-m0', 'cortex-m4', 'cortex-m55'])('%s', core => {
  const boundOf = (source: string): Promise<StackBound> =>
    withBuildDirectory(async directory => {
      const firmware = toyFirmware(core, source);
      const request = { mode: 'profile-total', platform: boardOf(firmware) } as const;
      return boundStack(await buildFirmware(firmware, request, directory), ['toy_infer'], directory);
    });

  it.each([
    ['recursion', /^recursion: (even calls odd calls even|odd calls even calls odd|even calls even)$/],
    ['indirect', /^toy_infer calls through a pointer/],
    ['growing_frame', /^the frame of toy_infer grows at run time/],
  ])('%s: no bound, and why', async (source, reason) => {
    expect(await boundOf(source)).toEqual({ kind: 'unknown', reason: expect.stringMatching(reason) });
  });

  it.each([
    ['huge_frame', 8192, 8192 + 64],
    ['asm_push', 32, 32 + 40],
    ['asm_loop', 32, 32],
    // A division, which is libgcc's on Armv6-M, and memcpy.
    ['toy', 24, 120],
  ])('%s: at least %i bytes, at most %i', async (source, least, most) => {
    const bound = await boundOf(source);
    expect(bound).toMatchObject({ kind: 'bounded' });
    if (bound.kind !== 'bounded') return;
    expect(bound.bytes).toBeGreaterThanOrEqual(least);
    expect(bound.bytes).toBeLessThanOrEqual(most);
  });
});
