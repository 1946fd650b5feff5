import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InternalError } from '../diagnostics/diagnostic.js';
import type { EmulatedMemory } from '../target/target.js';
import { elfSegments } from '../toolchain/elf.js';
import type { Firmware } from '../toolchain/firmware.js';
import { missingReason } from '../toolchain/tools.js';
import type { Driver } from './driver.js';
import { createRp2040, rp2040Memory } from './rp2040-machine.js';
import { runBuild } from './run-build.js';
import type { RunFiles } from './run-files.js';
import { requireExitCode, requireSuccess } from './run-outcome.js';

const where = 'rp2040js';
/** Between two looks at the clock; about 50 ms. */
const slice = 1_000_000;

/** The memory of the RP2040, with no more RAM than the target has. */
function memoryFor({ target }: Firmware): EmulatedMemory {
  if (target.memory === undefined) throw new InternalError(`the target ${target.name} has no memory to build for`);
  const { code, ram } = rp2040Memory;
  return { code, ram: { ...ram, bytes: Math.min(ram.bytes, target.memory.ram.bytes) } };
}

async function execute(image: string, files: RunFiles, firstVector: number, timeoutMs: number): Promise<void> {
  const segments = elfSegments(new Uint8Array(readFileSync(join(files.directory, image))));
  const machine = await createRp2040(segments, files.directory);
  const place = () => ({ where, vector: firstVector + files.finished() });
  try {
    let finished = files.finished();
    let since = Date.now();
    for (;;) {
      const code = machine.run(slice);
      if (code !== undefined) return requireExitCode(code, '', place());
      if (files.finished() !== finished) {
        finished = files.finished();
        since = Date.now();
      } else if (Date.now() - since > timeoutMs) {
        const outcome = { kind: 'timed-out', afterMs: timeoutMs } as const;
        return requireSuccess({ outcome, stdout: '', stderr: '' }, place());
      }
      // Lets timers run, such as the one that shows progress.
      await setImmediate();
    }
  } finally {
    machine.close();
  }
}

const unsuited = ({ target }: Firmware): string | undefined =>
  target.rp2040js ? undefined : `rp2040js runs code for Armv6-M only, not for the target '${target.name}'`;

/** @param timeoutMs for one vector; this emulator executes some 20 million instructions a second */
export function createRp2040Driver(timeoutMs = 300_000): Driver {
  return {
    name: 'rp2040js',
    unsuited,
    unavailable: firmware => unsuited(firmware) ?? missingReason('armCompiler'),
    run: (firmware, vectors, options) => {
      const platform = { kind: 'board', memory: memoryFor(firmware) } as const;
      const request = { mode: options.trace ? 'trace' : 'run', platform } as const;
      return runBuild(firmware, request, vectors, options, (image, files, firstVector) =>
        execute(image, files, firstVector, timeoutMs),
      );
    },
  };
}

/** The firmware as code of the RP2040, a Cortex-M0+, in an emulator from npm: where QEMU is not installed. */
export const rp2040Driver: Driver = createRp2040Driver();
