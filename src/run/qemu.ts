import { fail } from '../diagnostics/diagnostic.js';
import type { QemuBoard } from '../target/target.js';
import { boardOf } from '../toolchain/build-firmware.js';
import type { Firmware } from '../toolchain/firmware.js';
import { type ProcessRun, runProcess } from '../toolchain/process.js';
import { missingReason, requireTool } from '../toolchain/tools.js';
import type { Driver } from './driver.js';
import { runBuild } from './run-build.js';
import { requireSuccess } from './run-outcome.js';

export interface QemuRun {
  readonly board: QemuBoard;
  /** Relative to `directory`, where the firmware finds its files. */
  readonly image: string;
  readonly directory: string;
  readonly timeoutMs: number;
  /** Count time in instructions: 64 ns each (`shift=6`). Slower, and deterministic. */
  readonly countInstructions: boolean;
  /** Library and arguments, as `-plugin` takes them. */
  readonly plugin?: string | undefined;
  readonly progress?: (() => number) | undefined;
}

/** Runs an image on a board of QEMU, with semihosting. @throws CompileError E0801 when QEMU is missing */
export function runQemu(run: QemuRun): Promise<ProcessRun> {
  const { machine, arguments: boardArguments } = run.board;
  const args = [
    ...['-M', machine, ...boardArguments, '-nographic', '-monitor', 'none', '-serial', 'none'],
    ...['-semihosting-config', 'enable=on,target=native'],
    ...(run.countInstructions ? ['-icount', 'shift=6'] : []),
    ...(run.plugin === undefined ? [] : ['-plugin', run.plugin]),
    ...['-kernel', run.image],
  ];
  return runProcess(requireTool('emulator').path, args, {
    cwd: run.directory,
    timeoutMs: run.timeoutMs,
    progress: run.progress,
  });
}

/** The board of a firmware's target. @throws CompileError E0703 when there is none */
export function requireBoard({ target }: Firmware): QemuBoard {
  return (
    target.qemu ??
    fail('E0703', `the target '${target.name}' has no board in QEMU`, {
      hint: 'choose a target with a core, see `effnetc targets`',
    })
  );
}

const unsuited = ({ target }: Firmware): string | undefined =>
  target.qemu === undefined ? `the target '${target.name}' has no board in QEMU` : undefined;

/** @param timeoutMs for one vector */
export function createQemuDriver(timeoutMs = 120_000): Driver {
  return {
    name: 'qemu',
    unsuited,
    unavailable: firmware => unsuited(firmware) ?? missingReason('armCompiler', 'emulator'),
    run: (firmware, vectors, options) => {
      const board = requireBoard(firmware);
      const request = { mode: options.trace ? 'trace' : 'run', platform: boardOf(firmware) } as const;
      return runBuild(firmware, request, vectors, options, async (image, files, firstVector) => {
        const { directory } = files;
        const progress = () => files.finished();
        const run = await runQemu({ board, image, directory, timeoutMs, countInstructions: false, progress });
        requireSuccess(run, { where: 'QEMU', vector: firstVector + files.finished() });
      });
    },
  };
}

/** The firmware on its target's board in QEMU. */
export const qemuDriver: Driver = createQemuDriver();
