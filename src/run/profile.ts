import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail } from '../diagnostics/diagnostic.js';
import { withBuildDirectory } from '../toolchain/build-directory.js';
import { type BuildMode, boardOf, buildFirmware } from '../toolchain/build-firmware.js';
import type { Firmware } from '../toolchain/firmware.js';
import { type ModelSizes, measureSizes, parseFunctions } from '../toolchain/sizes.js';
import { boundStack, type StackBound } from '../toolchain/stack-bound.js';
import { sourceName } from './block-counts.js';
import { type CountResult, countInstructions } from './count-instructions.js';
import { requireBoard, runQemu } from './qemu.js';
import { requireSuccess } from './run-outcome.js';
import { instructionsAt, readStepTimes, requireSameCode, wordsOfSteps } from './step-times.js';

/** Figures of one inference in emulation. */
export interface ProfileResult {
  /** Executed instructions of one inference, without trace hooks. */
  readonly instructions: number;
  /** Executed instructions by layer, the cost of the hooks taken out. */
  readonly layerInstructions: readonly number[];
  /** Executed between the layers: `instructions` without the sum of `layerInstructions`. */
  readonly driverInstructions: number;
  /** Bytes of stack below the call of an entry, by painting. */
  readonly stackBytes: number;
  /** The most that any path through the code takes. */
  readonly stackBound: StackBound;
  readonly flash: { readonly code: number; readonly weights: number; readonly tables: number };
  /** Bytes of code of each layer's own function. */
  readonly layerCode: readonly number[];
  /** Instructions by layer, function and class, and cycles that follow from them. */
  readonly counts: CountResult;
  /** Static RAM of the model's own objects: the arena, a few bytes of state, and input rows that are kept. */
  readonly arenaBytes: number;
}

const defaultTimeoutMs = 300_000;

export interface ProfileOptions {
  /** Raw input bytes; by default noise, always the same. */
  readonly input?: Uint8Array | undefined;
  /** For one inference; by default 300 s. */
  readonly timeoutMs?: number | undefined;
  /** Count instructions by function and class, too: see countInstructions. */
  readonly counts?: boolean | undefined;
}

/**
 * Measures one inference on the emulated board: executed instructions (exact and repeatable, not cycles), in total and
 * by layer, stack and sizes; and bounds the stack from the code.
 *
 * The total comes from a build without hooks. Layers come from a second build whose hooks restart a timer before each
 * step and read it after; the rest, from the total to the sum of the layers, is the driver's loop. It is measured besides,
 * since both builds must be the same code but for the hooks. Where rows are pushed, the caller's loop over them is in the
 * total and so in the driver's share, too.
 *
 * @throws CompileError E0703 without a board, E0801 tools missing, E0802 ... E0812 when build or run fail
 */
export async function profileFirmware(firmware: Firmware, options: ProfileOptions = {}): Promise<ProfileResult> {
  const { hertz } = requireBoard(firmware).timer;
  const input = options.input ?? noise(firmware.inputBytes);
  const [total, layers] = await bothAtOnce(
    measureTotal(firmware, input, options),
    measureLayers(firmware, input, options),
  );
  const times = readStepTimes(layers.words, firmware.layers.length, hertz);
  const sum = times.layers.reduce((a, b) => a + b, 0);
  // The timer wraps after 2^32 ticks; layers are timed row by row and do not.
  if (instructionsAt(2 ** 32, hertz) < sum) {
    fail('E0811', `one inference takes ${sum} instructions, more than the timer of the board can count`);
  }
  const { sizes, words } = total;
  const [empty = 0, full = 0, stackBytes = 0] = words;
  // An empty function is one instruction, the return.
  const instructions = instructionsAt(full, hertz) - instructionsAt(empty, hertz) + 1;
  requireSameCode(times, instructions, stepsOf(firmware));
  return {
    instructions,
    layerInstructions: times.layers,
    driverInstructions: instructions - sum,
    stackBytes,
    stackBound: confirmed(total.stack, stackBytes),
    flash: { code: sizes.code, weights: sizes.weights, tables: sizes.tables },
    layerCode: firmware.layers.map(({ functionName }) =>
      [...sizes.functions].reduce((sum, [name, bytes]) => (sourceName(name) === functionName ? sum + bytes : sum), 0),
    ),
    arenaBytes: sizes.arena,
    counts: agreed(total.counts, instructions),
  };
}

/** A bound that the machine itself refutes is none. */
function confirmed(bound: StackBound, measured: number): StackBound {
  if (bound.kind === 'unknown' || bound.bytes >= measured) return bound;
  return { kind: 'unknown', reason: `the path found takes ${bound.bytes} bytes, and ${measured} were measured` };
}

/** Counts of which the sum is the measured total. */
function agreed(counted: CountResult, measured: number): CountResult {
  if (counted.kind === 'skipped' || counted.counts.whole.instructions === measured) return counted;
  const { instructions } = counted.counts.whole;
  return {
    kind: 'skipped',
    reason: `the plugin counts ${instructions} instructions, the timer of the board ${measured}`,
  };
}

/** Both results, or the first error once both have ended: neither may still be using its directory or a terminal. */
async function bothAtOnce<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

interface TotalMeasurement {
  /** Ticks of an empty call, ticks of an inference, bytes of stack. */
  readonly words: Uint32Array;
  readonly sizes: ModelSizes;
  readonly stack: StackBound;
  readonly counts: CountResult;
}

function measureTotal(firmware: Firmware, input: Uint8Array, options: ProfileOptions): Promise<TotalMeasurement> {
  return withBuildDirectory(async directory => {
    const build = await buildFirmware(firmware, { mode: 'profile-total', platform: boardOf(firmware) }, directory);
    const sizes = await measureSizes(build, entriesOf(firmware), directory);
    const stack = await boundStack(build, entriesOf(firmware), directory);
    const words = await runProfile(firmware, build.image, input, options, directory);
    if (words.length !== 3) failIncomplete('profile-total');
    const entries = entriesOf(firmware);
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    const counts: CountResult =
      options.counts === true
        ? await countInstructions({ firmware, build, entries, input, directory, timeoutMs })
        : { kind: 'skipped', reason: 'nobody asked for them' };
    return { words, sizes, stack, counts };
  });
}

/** What a product calls. */
function entriesOf({ name, entry }: Firmware): readonly string[] {
  return entry === 'infer' ? [`${name}_infer`] : ['begin', 'push_row', 'end'].map(part => `${name}_${part}`);
}

const stepsOf = ({ layers }: Firmware): number => layers.reduce((sum, layer) => sum + layer.steps, 0);

/** What a layer takes by itself. */
export interface LayerCount {
  /** Executed, its rows found. */
  readonly instructions: number;
  /** Bytes of its own functions. */
  readonly codeBytes: number;
}

/**
 * Instructions of each layer alone, in half of the time that profileFirmware takes: to compare kernels.
 * @throws CompileError as profileFirmware
 */
export async function countLayers(firmware: Firmware, options: ProfileOptions = {}): Promise<readonly LayerCount[]> {
  const { hertz } = requireBoard(firmware).timer;
  const { words, functions } = await measureLayers(firmware, options.input ?? noise(firmware.inputBytes), options);
  const times = readStepTimes(words, firmware.layers.length, hertz);
  return firmware.layers.map(({ functionName }, i) => ({
    instructions: times.layers[i],
    codeBytes: [...functions].reduce(
      (sum, [name, bytes]) => (name === functionName || name.startsWith(`${functionName}_`) ? sum + bytes : sum),
      0,
    ),
  }));
}

/** What readStepTimes takes, and the bytes of all functions of this build by name. */
function measureLayers(
  firmware: Firmware,
  input: Uint8Array,
  options: ProfileOptions,
): Promise<{ readonly words: Uint32Array; readonly functions: ReadonlyMap<string, number> }> {
  return withBuildDirectory(async directory => {
    const build = await buildFirmware(firmware, { mode: 'profile-layers', platform: boardOf(firmware) }, directory);
    const words = await runProfile(firmware, build.image, input, options, directory);
    if (words.length !== wordsOfSteps(stepsOf(firmware))) failIncomplete('profile-layers');
    return { words, functions: parseFunctions(await build.compiler.inspect('nm', ['-S', build.image])) };
  });
}

const failIncomplete = (mode: BuildMode): never => fail('E0808', `the ${mode} run wrote too few or too many records`);

async function runProfile(
  firmware: Firmware,
  image: string,
  input: Uint8Array,
  options: ProfileOptions,
  parent: string,
): Promise<Uint32Array> {
  const directory = join(parent, 'run');
  mkdirSync(directory);
  writeFileSync(join(directory, 'in.bin'), input);
  const run = await runQemu({
    board: requireBoard(firmware),
    image: join('..', image),
    directory,
    timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
    countInstructions: true,
  });
  requireSuccess(run, { where: 'QEMU', vector: 0 });
  const bytes = new Uint8Array(readFileSync(join(directory, 'profile.bin')));
  return new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}

/** Bytes of a linear congruential generator (Numerical Recipes, "ranqd1"): instructions may depend on data. */
function noise(count: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
