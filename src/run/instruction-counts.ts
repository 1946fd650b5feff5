import { type ClassCounts, ClassTally } from '../timing/class.js';
import { type DecodedInstruction, decode } from '../timing/decode.js';
import { type BlockRuns, type CycleEstimate, CycleTally } from '../timing/estimate.js';
import type { CodeFunction, Instruction } from '../timing/instruction.js';
import type { TimingTable } from '../timing/table.js';
import { type BlockCount, CodeIndex, contexts, sourceName } from './block-counts.js';

/** What was executed for one layer, or by the driver. */
export interface PartCounts {
  readonly instructions: number;
  readonly classes: ClassCounts;
  /** Absent where there is no estimate. */
  readonly cycles?: CycleEstimate | undefined;
}

/** Executed instructions of one inference, by what they are and where. */
export interface InstructionCounts {
  readonly whole: PartCounts;
  /** By layer: its function and the helpers that this calls. */
  readonly layers: readonly PartCounts[];
  /** Between them: the loop over the steps, what finds rows, and where rows are pushed the loop of the caller. */
  readonly driver: PartCounts;
  /** Most instructions first. */
  readonly functions: readonly { readonly name: string; readonly instructions: number }[];
  readonly timing: TimingTable | { readonly none: string };
}

/**
 * Joins what ran how often with what it is.
 *
 * @param timing the table for cycles, or why there is none
 * @returns a text where a block is not in the listing
 */
export function joinCounts(
  blocks: readonly BlockCount[],
  functions: readonly CodeFunction[],
  layers: number,
  timing: TimingTable | { readonly none: string },
): InstructionCounts | string {
  const table = 'none' in timing ? undefined : timing;
  const parts = Array.from({ length: contexts.firstLayer + layers }, () => new Part(table));
  const whole = new Part(table);
  const byFunction = new Map<string, number>();
  const index = new CodeIndex(functions);
  const decoded = new Map<Instruction, DecodedInstruction>();
  const decodeOnce = (instruction: Instruction): DecodedInstruction => {
    const known = decoded.get(instruction) ?? decode(instruction);
    decoded.set(instruction, known);
    return known;
  };
  let missing: string | undefined;
  for (const block of blocks) {
    const found = index.find(block);
    if (found === undefined) return `0x${block.begin.toString(16)} is no code of the image`;
    if (block.context === contexts.harness) continue;
    const { runs } = block;
    const instructions = found.instructions.map(decodeOnce);
    const jumps = instructions.at(-1)?.jumps === true ? runs : block.jumps;
    const counted = { address: block.begin, instructions, runs, jumps };
    missing ??= parts[block.context]?.add(counted);
    whole.add(counted);
    const name = sourceName(found.inside.name);
    byFunction.set(name, (byFunction.get(name) ?? 0) + counted.instructions.length * runs);
  }
  const cycles = missing === undefined && table !== undefined;
  const [, driver, ...ofLayers] = parts.map(part => part.result(cycles));
  const sorted = [...byFunction].map(([name, instructions]) => ({ name, instructions }));
  sorted.sort((a, b) => b.instructions - a.instructions || (a.name < b.name ? -1 : 1));
  return {
    whole: whole.result(cycles),
    layers: ofLayers,
    driver,
    functions: sorted,
    timing: missing === undefined ? timing : { none: missing },
  };
}

class Part {
  private instructions = 0;
  private readonly classes = new ClassTally();
  private readonly cycles: CycleTally | undefined;

  constructor(table: TimingTable | undefined) {
    this.cycles = table && new CycleTally(table);
  }

  /** @returns why the table cannot tell its cycles, if so */
  add(block: BlockRuns): string | undefined {
    const { instructions, runs, jumps } = block;
    this.instructions += instructions.length * runs;
    for (const [i, { kind }] of instructions.entries()) {
      this.classes.add(kind, runs, i === instructions.length - 1 ? jumps : 0);
    }
    return this.cycles?.add(block);
  }

  result(withCycles: boolean): PartCounts {
    const { instructions, classes, cycles } = this;
    return { instructions, classes: classes.result, ...(withCycles ? { cycles: cycles?.result } : {}) };
  }
}
