import { InternalError } from '../diagnostics/diagnostic.js';
import type { Driver, Firmware } from './driver.js';
import { fastHostDriver, hostDriver } from './host.js';
import { qemuDriver } from './qemu.js';

/** Drivers that watch every row. */
const drivers: readonly Driver[] = [hostDriver, qemuDriver];

function named(name: string): Driver {
  const found = drivers.find(driver => driver.name === name);
  if (found === undefined) throw new InternalError(`no driver '${name}'`);
  return found;
}

/**
 * The drivers that check a firmware: those asked for, or else the host and the emulator of its target.
 */
export function driversFor(firmware: Firmware, names?: readonly string[]): readonly Driver[] {
  if (names !== undefined) return names.map(named);
  return firmware.target.compiler.family === 'host' ? [hostDriver] : [hostDriver, qemuDriver];
}

/** A driver for outputs alone: on the host without sanitizers, since thousands of images may follow. */
export function outputDriver(name: string): Driver {
  return name === 'host' ? fastHostDriver : named(name);
}
