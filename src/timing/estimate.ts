import { additiveCycles } from './additive.js';
import type { DecodedInstruction } from './decode.js';
import { inOrderCycles } from './in-order.js';
import { amountOf, type Bound, type TimingTable } from './table.js';

/** Instructions that run from the first to the last, and how often they did. */
export interface BlockRuns {
  readonly address: number;
  readonly instructions: readonly DecodedInstruction[];
  readonly runs: number;
  /** After how many of the runs the code after the last instruction did not follow. */
  readonly jumps: number;
}

/** Cycles after a timing table: an estimate. */
export interface CycleEstimate {
  /** The middle of the two others, rounded. */
  readonly total: number;
  /** With the least and the most of every range in the table. */
  readonly low: number;
  readonly high: number;
}

/** Sums up the cycles that a timing table gives to blocks. */
export class CycleTally {
  private low = 0;
  private high = 0;

  constructor(private readonly table: TimingTable) {}

  /** @returns why the table cannot tell, if so */
  add(block: BlockRuns): string | undefined {
    const low = this.cyclesOf(block, 'low');
    const high = this.cyclesOf(block, 'high');
    if (low === undefined || high === undefined) return this.missing(block);
    this.low += low;
    this.high += high;
    return undefined;
  }

  get result(): CycleEstimate {
    const { low, high } = this;
    return { total: Math.round((low + high) / 2), low, high };
  }

  private cyclesOf(block: BlockRuns, bound: Bound): number | undefined {
    const { table } = this;
    const { instructions, runs, jumps } = block;
    const last = instructions.at(-1);
    if (last === undefined) return 0;
    const once =
      table.model === 'additive'
        ? additiveCycles(table, instructions, bound)
        : inOrderCycles(table, instructions, loopsToItself(block), bound);
    if (once === undefined) return undefined;
    const taken = amountOf(table.costs[last.kind]?.taken, bound) * jumps;
    return once * runs + taken + this.mispredictedCycles(block, last, bound);
  }

  private mispredictedCycles({ runs, jumps }: BlockRuns, { kind }: DecodedInstruction, bound: Bound): number {
    if (this.table.model === 'additive' || kind !== 'branchConditional') return 0;
    return Math.min(jumps, runs - jumps) * amountOf(this.table.mispredicted, bound);
  }

  private missing({ instructions }: BlockRuns): string {
    const unknown = instructions.find(({ kind }) => this.table.costs[kind] === undefined);
    const text = unknown === undefined ? '' : `${unknown.instruction.mnemonic} ${unknown.instruction.operands}`.trim();
    return `"${this.table.name}" has no cost for ${unknown?.kind ?? 'an instruction'} (${text})`;
  }
}

/** Does the branch at its end lead back to its beginning? */
function loopsToItself({ address, instructions }: BlockRuns): boolean {
  const target = /(?:^|[\s,])([0-9a-f]+)$/.exec(instructions.at(-1)?.instruction.operands ?? '')?.[1];
  return target !== undefined && Number.parseInt(target, 16) === address;
}
