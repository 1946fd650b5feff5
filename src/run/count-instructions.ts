import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CompileError } from '../diagnostics/diagnostic.js';
import { type CodeFunction, parseListing } from '../timing/instruction.js';
import { loadTiming, type TimingTable } from '../timing/table.js';
import type { Build } from '../toolchain/build-firmware.js';
import { disassemble } from '../toolchain/disassembly.js';
import type { Firmware } from '../toolchain/firmware.js';
import { buildPlugin } from '../toolchain/plugin.js';
import type { ProcessRun } from '../toolchain/process.js';
import { missingReason } from '../toolchain/tools.js';
import { type BlockCounts, blockPlan, parseBlockCounts } from './block-counts.js';
import { type InstructionCounts, joinCounts } from './instruction-counts.js';
import { requireBoard, runQemu } from './qemu.js';

/** Why there are no counts. */
export interface Skipped {
  readonly kind: 'skipped';
  /** A sentence without full stop; the same on every machine where it is so. */
  readonly reason: string;
  /** What this machine says of it, for the terminal. */
  readonly detail?: string | undefined;
}

export type CountResult = { readonly kind: 'counted'; readonly counts: InstructionCounts } | Skipped;

/** Versions of QEMU's plugin interface that know all that the plugin uses: QEMU takes those from its least to its own. */
const apis = [1, 2] as const;

export interface CountRequest {
  readonly firmware: Firmware;
  /** For `profile-total`. */
  readonly build: Build;
  /** Symbols of what a product calls. */
  readonly entries: readonly string[];
  readonly input: Uint8Array;
  /** Where it was built. */
  readonly directory: string;
  readonly timeoutMs: number;
}

/**
 * Counts the instructions of one inference by layer, function and class, with a plugin for QEMU that is built here. It needs
 * a compiler for this machine and a QEMU that takes plugins; nothing else depends on it, so that where it cannot be done
 * the result says why.
 */
export async function countInstructions(request: CountRequest): Promise<CountResult> {
  const missing = missingReason('hostCompiler');
  if (missing !== undefined) return skipped('the plugin for QEMU needs a compiler for this machine', missing);
  const { firmware, build, entries } = request;
  const functions = parseListing(await disassemble(build));
  const plan = blockPlan(firmware, functions, entries);
  if (plan === undefined) return skipped('the firmware has no functions of layers');
  try {
    const counted = await runPlugin(request, plan);
    return 'kind' in counted ? counted : joined(firmware, functions, counted);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const [{ message, notes }] = error.diagnostics;
    return skipped(message, notes.map(note => note.message).join('\n'));
  }
}

const skipped = (reason: string, detail?: string): Skipped => ({ kind: 'skipped', reason, detail });

/** The plugin's answer, or why there is none. */
async function runPlugin(request: CountRequest, plan: string): Promise<BlockCounts | Skipped> {
  const { firmware, build, directory, input, timeoutMs } = request;
  const place = join(directory, 'counts');
  mkdirSync(place);
  writeFileSync(join(place, 'in.bin'), input);
  writeFileSync(join(place, 'plan.txt'), plan);
  let failed = skipped('no version of the plugin was tried');
  for (const api of apis) {
    const library = await buildPlugin(directory, api);
    const run = await runQemu({
      board: requireBoard(firmware),
      image: join('..', build.image),
      directory: place,
      timeoutMs,
      countInstructions: false,
      plugin: `${join('..', library)},plan=plan.txt,out=counts.txt`,
    });
    const answer = join(place, 'counts.txt');
    if (run.outcome.kind === 'exited' && run.outcome.code === 0 && existsSync(answer)) {
      return parseBlockCounts(readFileSync(answer, 'utf8')) ?? skipped('the counts of the plugin are not complete');
    }
    failed = whyNot(run);
    if (!/version/.test(run.stderr)) break;
  }
  return failed;
}

function whyNot({ outcome, stderr }: ProcessRun): Skipped {
  if (/-plugin: invalid option|plugin.*not (?:enabled|supported)/i.test(stderr)) {
    return skipped('this QEMU takes no plugins', stderr.trim());
  }
  if (outcome.kind !== 'timed-out') return skipped('QEMU does not run with the plugin', stderr.trim());
  return skipped(`QEMU did not come to an end with the plugin within ${outcome.afterMs / 1000} s`);
}

function joined(firmware: Firmware, functions: readonly CodeFunction[], { blocks, steps }: BlockCounts): CountResult {
  const planned = firmware.stepLayers.length;
  if (steps !== planned) return skipped(`layers were called ${steps} times, where ${planned} steps are planned`);
  const counts = joinCounts(blocks, functions, firmware.layers.length, timingOf(firmware));
  return typeof counts === 'string' ? skipped(counts) : { kind: 'counted', counts };
}

function timingOf({ target: { cpu } }: Firmware): TimingTable | { readonly none: string } {
  const table = cpu === undefined ? undefined : loadTiming(cpu);
  return table ?? { none: `there is no timing table of the core ${cpu ?? 'of this machine'}` };
}
