import { entry } from './entry.js';

/** E07xx: targets. */
export const targetCodes = {
  E0701: entry('unknown target', 'No file targets/NAME.json exists. `effnetc targets` lists the names.'),
  E0702: entry(
    'target file is not valid',
    'A file in targets/ is no JSON, lacks a field, has a field that does not exist or a value that cannot be. Every number must name where it comes from, in `sources`, under its path: "memory.ram" covers all numbers below it. See docs/adding-a-target.md.',
  ),
  E0703: entry(
    'target cannot be measured',
    'Instructions are counted in emulation, and the file of this target names no board of QEMU. Choose a target with a core.',
  ),
  E0704: entry(
    'driver cannot run code for this target',
    'Each driver runs code for some targets: `host` for this machine, `qemu` for targets with a board in QEMU, `rp2040js` for Armv6-M. `effnetc targets` lists what runs which target.',
  ),
} as const;
