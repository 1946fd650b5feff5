import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, type LoadedModel, randomModel } from '../../src/pipeline/index.js';
import type { InstructionCounts, PartCounts } from '../../src/run/instruction-counts.js';
import { type ProfileResult, profileFirmware } from '../../src/run/profile.js';
import { listTargets, loadTarget } from '../../src/target/load-target.js';
import { parseListing } from '../../src/timing/instruction.js';
import { kindOf } from '../../src/timing/kind.js';
import { withBuildDirectory } from '../../src/toolchain/build-directory.js';
import { boardOf, buildFirmware } from '../../src/toolchain/build-firmware.js';
import { disassemble } from '../../src/toolchain/disassembly.js';
import type { Entry, Firmware } from '../../src/toolchain/firmware.js';
import { findTool } from '../../src/toolchain/tools.js';
import { quantisedExample } from '../e2e/demo-network.js';
import { toyFirmware } from './firmware.js';
import { needsTool } from './tools.js';

const here = needsTool('arm-none-eabi-gcc') && needsTool('qemu-system-arm') && needsTool('gcc');
const emulated = listTargets().filter(name => loadTarget(name).qemu !== undefined && !loadTarget(name).budget);

function countsOf({ counts }: ProfileResult): InstructionCounts {
  return counts.kind === 'counted' ? counts.counts : expect.fail(counts.reason);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const classSum = ({ classes }: PartCounts): number => sum(Object.values(classes));

describe.skipIf(!here)('counts of known code', () => {
  it.each(emulated)('%s: by class, layer and function, exactly', async target => {
    const profile = await profileFirmware(toyFirmware(target, 'counted'), { counts: true });
    const { layers, driver, functions, whole } = countsOf(profile);
    const [first, second] = layers;
    expect(first.classes).toEqual({
      load: 4 * 11,
      store: 4 * 11,
      multiply: 4 * 10,
      alu: 4 * 11,
      branchTaken: 4 * 11,
      branchNotTaken: 4,
      other: 4,
    });
    expect(second.classes).toEqual({ alu: 2 * 2, branchTaken: 2 * 2 });
    expect(functions).toContainEqual({ name: 'l00', instructions: 4 * (2 + 50 + 2) });
    expect(functions).toContainEqual({ name: 'helper', instructions: 4 * 2 });
    expect(functions).toContainEqual({ name: 'l01', instructions: 2 * 4 });
    expect(functions).toContainEqual({ name: 'toy_infer', instructions: driver.instructions });
    expect(functions).toHaveLength(4);
    expect(whole.instructions).toBe(profile.instructions);
    // A step and, on some boards, an address in a register.
    expect(driver.instructions).toBeLessThan(60);
  });

  it('Cortex-M55: vector instructions, and a loop with tail predication', async () => {
    const { layers, timing } = countsOf(
      await profileFirmware(toyFirmware('cortex-m55', 'counted_mve'), { counts: true }),
    );
    expect(layers[0].classes).toEqual({
      load: 4,
      store: 4 * 2,
      alu: 4 * 3,
      branchTaken: 4,
      branchNotTaken: 4,
      mveLoad: 4 * 2,
      mveMultiply: 4 * 2,
      mve: 4,
      other: 4,
    });
    expect(timing).toMatchObject({ basis: 'approximation' });
  });

  it('Cortex-M0: cycles of a layer as one adds them up by hand', async () => {
    const { layers, timing } = countsOf(await profileFirmware(toyFirmware('cortex-m0', 'counted'), { counts: true }));
    expect(timing).toMatchObject({ name: 'Cortex-M0 TRM, table 3-1', basis: 'documented' });
    // Push, move, ten times 2 + 1 + 2 + 1, branches, call, helper, pop with return.
    const first = 4 * (3 + 1 + 10 * 6 + 9 * 3 + 1 + 4 + 1 + 3 + 6);
    expect(layers[0].cycles).toEqual({ total: first, low: first, high: first });
    const second = 2 * (1 + 1 + 3 + 3);
    expect(layers[1].cycles).toEqual({ total: second, low: second, high: second });
  });
});

const random = (file: string) => randomModel(`${packageRoot()}/examples/${file}`, { seed: 1 }, new Session());
/** Together all cores and both entries. */
const models: readonly (readonly [string, readonly Entry[], readonly string[], () => Promise<LoadedModel>])[] = [
  ['tiny', ['infer', 'push-row'], ['microbit', 'cortex-m55'], () => random('tiny/model.ts')],
  [
    'the demo network',
    ['infer'],
    ['cortex-m0', 'cortex-m4', 'cortex-m55'],
    () => quantisedExample('model.ts', 'effnet_relu.npz', 'native', 16),
  ],
  ['ds-cnn', ['push-row'], ['cortex-m3', 'cortex-m7', 'cortex-m33'], () => random('shapes/ds-cnn.ts')],
];
/** What finds the rows of a step, ten of them in ds-cnn, is the layer's for the timer, the driver's for the plugin. */
const perStep = 160;

describe.skipIf(!here).each(models)('counts of %s', (_, entries, cores, load) => {
  let loaded: Promise<LoadedModel> | undefined;

  it.each(cores.flatMap(core => entries.map(entry => [core, entry] as const)))(
    '%s, %s: the plugin and the timer agree, parts add up to the whole',
    async (core, entry) => {
      loaded ??= load();
      const { firmware } = compileModel(await loaded, loadTarget(core), '0.0.0', { entry });
      const profile = await profileFirmware(firmware, { counts: true });
      const { whole, layers, driver, functions, timing } = countsOf(profile);
      expect(whole.instructions).toBe(profile.instructions);
      for (const part of [whole, driver, ...layers]) expect(classSum(part)).toBe(part.instructions);
      expect(sum(layers.map(({ instructions }) => instructions)) + driver.instructions).toBe(whole.instructions);
      expect(sum(functions.map(({ instructions }) => instructions))).toBe(whole.instructions);
      for (const [i, { instructions }] of layers.entries()) {
        const more = profile.layerInstructions[i] - instructions;
        expect(more).toBeGreaterThanOrEqual(0);
        expect(more).toBeLessThanOrEqual(perStep * firmware.layers[i].steps);
      }

      if ('none' in timing) return expect.fail(timing.none);
      const lows = [...layers, driver].map(({ cycles }) => cycles?.low ?? Number.NaN);
      const highs = [...layers, driver].map(({ cycles }) => cycles?.high ?? Number.NaN);
      expect([sum(lows), sum(highs)]).toEqual([whole.cycles?.low, whole.cycles?.high]);
      expect(sum(lows)).toBeLessThanOrEqual(sum(highs));
      // No core takes less than half a cycle, or more than four, for its average instruction.
      expect(sum(lows)).toBeGreaterThan(whole.instructions / 2);
      expect(sum(highs)).toBeLessThan(4 * whole.instructions);

      expect(profile.layerCode).toHaveLength(layers.length);
      for (const bytes of profile.layerCode) expect(bytes).toBeGreaterThan(8);
      expect(sum(profile.layerCode)).toBeLessThan(profile.flash.code);
    },
    120_000,
  );

  it.each(cores)('%s: every instruction of the image is of a known kind', async core => {
    loaded ??= load();
    const { firmware } = compileModel(await loaded, loadTarget(core), '0.0.0', {});
    const listing = await withBuildDirectory(async directory =>
      disassemble(await buildFirmware(firmware, { mode: 'profile-total', platform: boardOf(firmware) }, directory)),
    );
    const all = parseListing(listing).flatMap(({ instructions }) => instructions);
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter(instruction => kindOf(instruction) === 'unknown')).toEqual([]);
  });
});

describe.skipIf(!here)('where it cannot count, it says why, and the rest of the profile stays', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'effnetc-counts-'));
  const variables = ['EFFNETC_HOST_CC', 'EFFNETC_QEMU'] as const;
  const before = Object.fromEntries(variables.map(name => [name, process.env[name]]));
  afterEach(() => {
    for (const name of variables) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(scratch, { recursive: true, force: true });
  });

  /** A QEMU that does what the lines of shell say before it runs the real one. */
  function wrapEmulator(lines: string): void {
    const real = findTool('emulator')?.path ?? expect.fail('no emulator');
    const script = join(mkdtempSync(`${scratch}-`), 'qemu');
    writeFileSync(script, `#!/bin/sh\nreal=${real}\n${lines}\nexec $real "$@"\n`);
    chmodSync(script, 0o755);
    process.env.EFFNETC_QEMU = script;
  }

  /** The reason, and what the machine says after it. */
  const reasonOf = async (firmware: Firmware): Promise<string> => {
    const profile = await profileFirmware(firmware, { counts: true });
    expect(profile.instructions).toBeGreaterThan(100);
    if (profile.counts.kind === 'counted') return 'it counted';
    const { reason, detail } = profile.counts;
    return detail === undefined ? reason : `${reason}: ${detail}`;
  };
  const firmware = () => toyFirmware('cortex-m4', 'counted');

  it('without a compiler for this machine', async () => {
    process.env.EFFNETC_HOST_CC = '/nowhere/cc';
    expect(await reasonOf(firmware())).toMatch(
      /^the plugin for QEMU needs a compiler for this machine: EFFNETC_HOST_CC names "\/nowhere\/cc", which is no program/,
    );
  });

  it('with a compiler that cannot build a library', async () => {
    process.env.EFFNETC_HOST_CC = 'arm-none-eabi-gcc';
    expect(await reasonOf(firmware())).toMatch(/^arm-none-eabi-gcc cannot compile the plugin for QEMU: ./);
  });

  it('with a QEMU that knows no plugins', async () => {
    wrapEmulator('case "$*" in *-plugin*) echo "qemu-system-arm: -plugin: invalid option" >&2; exit 1;; esac');
    expect(await reasonOf(firmware())).toBe('this QEMU takes no plugins: qemu-system-arm: -plugin: invalid option');
  });

  it('with a QEMU that fails', async () => {
    wrapEmulator('case "$*" in *-plugin*) echo "qemu-system-arm: out of luck" >&2; exit 1;; esac');
    expect(await reasonOf(firmware())).toBe('QEMU does not run with the plugin: qemu-system-arm: out of luck');
  });

  it('with a QEMU of a later plugin interface, it counts', async () => {
    wrapEmulator(
      'case "$*" in\n' +
        '*block_counts_1*) echo "qemu-system-arm: Could not load plugin: requires version 1, but the minimum is 2" >&2; exit 1;;\n' +
        '*block_counts_2*) for a in "$@"; do shift; set -- "$@" "$(echo "$a" | sed s/counts_2/counts_old/)"; done\n' +
        '  cp ../block_counts_1.so ../block_counts_old.so;;\n' +
        'esac',
    );
    expect(await reasonOf(firmware())).toBe('it counted');
  });

  it.each([
    ['1d', /^the plugin counts \d+ instructions, the timer of the board \d+$/],
    ['/^steps/d', /^the counts of the plugin are not complete$/],
    ['s/^block [0-9a-f]*/block 3/', /^0x3 is no code of the image$/],
  ])('when what the plugin wrote is damaged (%s)', async (edit, reason) => {
    wrapEmulator(`case "$*" in *-plugin*) $real "$@"; code=$?; sed -i '${edit}' counts.txt; exit $code;; esac`);
    expect(await reasonOf(firmware())).toMatch(reason);
  });

  it('when layers are called in another number than planned, or are not there', async () => {
    const toy = firmware();
    expect(await reasonOf({ ...toy, stepLayers: [0, 0, 1] })).toBe(
      'layers were called 6 times, where 3 steps are planned',
    );
    expect(await reasonOf(toyFirmware('cortex-m4', 'asm_loop'))).toBe('the firmware has no functions of layers');
  });

  it('when nobody asks', async () => {
    expect((await profileFirmware(firmware())).counts).toEqual({ kind: 'skipped', reason: 'nobody asked for them' });
  });
});
