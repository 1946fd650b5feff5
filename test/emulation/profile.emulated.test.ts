import { describe, expect, it } from 'vitest';
import { profileFirmware } from '../../src/run/profile.js';
import { instructionsAt } from '../../src/run/step-times.js';
import { listTargets, loadTarget } from '../../src/target/load-target.js';
import { failureOf, toyFirmware } from './firmware.js';
import { needsTool } from './tools.js';

const here = needsTool('arm-none-eabi-gcc') && needsTool('qemu-system-arm');
/** One of each machine and timer: a board with less memory of the same chip is measured in the same way. */
const emulated = listTargets().filter(name => loadTarget(name).qemu !== undefined && !loadTarget(name).budget);

describe('instructionsAt', () => {
  it.each([16_000_000, 20_000_000, 25_000_000, 32_000_000])('inverts the ticks of a timer of %i Hz exactly', hertz => {
    for (const n of [0, 1, 2, 3, 7, 999, 1000, 12_345_677, 1_999_999_999]) {
      const ticks = Number((BigInt(n) * 64n * BigInt(hertz)) / 1_000_000_000n);
      expect(instructionsAt(ticks, hertz)).toBe(n);
    }
  });
});

describe.skipIf(!here)('profile', () => {
  it.each(emulated)('%s: counts a known loop and a known stack exactly', async target => {
    const profile = await profileFirmware(toyFirmware(target, 'asm_loop'));
    expect(profile.instructions).toBe(3 + 2 * 16000 + 3);
    expect(profile.stackBytes).toBe(32);
    // A constant is loaded, the loop runs, and the call sites of the hooks differ by an instruction or two.
    const [first = 0, second = 0] = profile.layerInstructions;
    expect(Math.abs(first - 4 * 2000)).toBeLessThanOrEqual(4 * 4);
    expect(Math.abs(second - 2 * 12000)).toBeLessThanOrEqual(2 * 4);
  });

  it('gives the same figures twice, and sizes of what the model needs, libgcc included', async () => {
    const profile = await profileFirmware(toyFirmware('cortex-m0'));
    expect(await profileFirmware(toyFirmware('cortex-m0'))).toEqual(profile);
    expect(profile.flash.weights).toBe(6);
    // Six biases, and padding.
    expect(profile.flash.tables).toBeGreaterThanOrEqual(24);
    expect(profile.flash.tables).toBeLessThan(40);
    expect(profile.arenaBytes).toBe(24);
    const [scale = 0, sum = 0] = profile.layerInstructions;
    expect(scale).toBeGreaterThan(4 * 6 * 5);
    expect(scale + sum).toBeLessThan(profile.instructions * 1.1);
    // Division is a function of libgcc here, and an instruction on other cores.
    const other = await profileFirmware(toyFirmware('cortex-m3'));
    expect(profile.flash.code).toBeGreaterThan(other.flash.code + 200);
    expect(other.flash.code).toBeGreaterThan(100);
  });

  it('refuses figures by layer when the build with hooks is other code', async () => {
    const { code, message } = await failureOf(profileFirmware(toyFirmware('cortex-m0', 'hooked_more')));
    expect(code).toBe('E0812');
    expect(message).toMatch(/^with hooks \d+ instructions are executed, \d+ of them between the layers; without, \d+$/);
  });

  it('refuses a target without a board', async () => {
    expect(await failureOf(profileFirmware(toyFirmware('host')))).toMatchObject({
      code: 'E0703',
      message: "the target 'host' has no board in QEMU",
    });
  });
});
