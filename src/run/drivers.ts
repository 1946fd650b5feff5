import { InternalError } from '../diagnostics/diagnostic.js';
import type { Firmware } from '../toolchain/firmware.js';
import type { Driver } from './driver.js';
import { fastHostDriver, hostDriver } from './host.js';
import { qemuDriver } from './qemu.js';
import { rp2040Driver } from './rp2040js.js';

/** Drivers that watch every row. */
const drivers: readonly Driver[] = [hostDriver, qemuDriver, rp2040Driver];

function named(name: string): Driver {
  const found = drivers.find(driver => driver.name === name);
  if (found === undefined) throw new InternalError(`no driver '${name}'`);
  return found;
}

/**
 * The drivers that check a firmware: those asked for, or else the host and the emulator of its target. Where QEMU is
 * missing, rp2040js stands in for it if the target's code is Armv6-M.
 */
export function driversFor(firmware: Firmware, names?: readonly string[]): readonly Driver[] {
  if (names !== undefined) return names.map(named);
  if (firmware.target.compiler.family === 'host') return [hostDriver];
  const standIn = firmware.target.rp2040js && qemuDriver.unavailable(firmware) !== undefined;
  return standIn ? [hostDriver, qemuDriver, rp2040Driver] : [hostDriver, qemuDriver];
}

/** A driver for outputs alone: on the host without sanitizers, since thousands of images may follow. */
export function outputDriver(name: string): Driver {
  return name === 'host' ? fastHostDriver : named(name);
}
