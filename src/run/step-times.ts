import { fail, invariant } from '../diagnostics/diagnostic.js';

/** Emulated time of an instruction under `-icount shift=6`, in ns. */
const instructionNs = 64;

/**
 * Instructions that were executed when a timer showed `ticks` since its restart. The timer runs faster than one tick
 * per instruction and shows whole ticks, floor(n * rate), so that n = ceil(ticks / rate) exactly.
 *
 * @param hertz of the timer, at least 15.625 MHz
 */
export function instructionsAt(ticks: number, hertz: number): number {
  // In integers: hertz * 64 and ticks * 10^9 stay below 2^63.
  const perTick = BigInt(hertz) * BigInt(instructionNs);
  return Number((BigInt(ticks) * 1_000_000_000n + perTick - 1n) / perTick);
}

/** Executed instructions of a build with hooks, those of the hooks taken out. */
export interface StepTimes {
  /** Per layer. */
  readonly layers: readonly number[];
  /** Outside of all steps: the driver, and what calls it. */
  readonly between: number;
}

/** Words of a record: layer, ticks of the step, ticks since the step before. */
const recordWords = 3;
/** Records beside those of steps: two empty steps before, the end after. */
const otherRecords = 3;
const calibrationLayer = 0xffff;
const endLayer = 0xfffe;

/** How many words `profile_layers.c` writes for so many steps. */
export const wordsOfSteps = (steps: number): number => recordWords * (steps + otherRecords);

/**
 * Reads what `profile_layers.c` writes.
 *
 * @param hertz of the timer
 * @throws CompileError E0808 when a step is of no layer
 */
export function readStepTimes(words: Uint32Array, layers: number, hertz: number): StepTimes {
  const records = Array.from({ length: words.length / recordWords }, (_, i) => {
    const [layer, ticks, since] = words.subarray(recordWords * i, recordWords * (i + 1));
    return { layer, instructions: instructionsAt(ticks, hertz), since: instructionsAt(since, hertz) };
  });
  const [first, empty, ...steps] = records;
  const end = steps.pop();
  invariant(first.layer === calibrationLayer && empty.layer === calibrationLayer, 'a profile begins with empty steps');
  invariant(end?.layer === endLayer, 'a profile ends with the time since the last step');
  const sums = new Array<number>(layers).fill(0);
  // What the hooks add before the first step and after the last one is together what they add between two.
  let between = end.since - empty.since;
  for (const [i, { layer, instructions, since }] of steps.entries()) {
    if (layer >= layers) fail('E0808', `the profile has a row of layer ${layer}, of ${layers} layers`);
    sums[layer] += instructions - empty.instructions;
    between += i === 0 ? since : since - empty.since;
  }
  return { layers: sums, between };
}

/** The call of the entry is in one count and not in the other; GCC may hold a value elsewhere where a hook is. */
const [slackPerCall, slackPerStep] = [32, 2];

/**
 * Layers are measured in a build with hooks, the total in one without. If both are the same code but for the hooks, what
 * was executed inside and outside of the steps adds up to the total.
 *
 * @throws CompileError E0812 when it does not
 */
export function requireSameCode({ layers, between }: StepTimes, total: number, steps: number): void {
  const sum = layers.reduce((a, b) => a + b, between);
  if (Math.abs(sum - total) <= slackPerStep * steps + slackPerCall) return;
  fail(
    'E0812',
    `with hooks ${sum} instructions are executed, ${between} of them between the layers; without, ${total}`,
    {
      hint: 'update Arm GCC (`effnetc doctor` shows which one is used), or report it with the model',
    },
  );
}
