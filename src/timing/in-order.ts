import { invariant } from '../diagnostics/diagnostic.js';
import type { DecodedInstruction } from './decode.js';
import { amountOf, type Bound, type InOrderTable } from './table.js';

/**
 * Cycles of instructions that run one after the other on a core that issues in order, several in a cycle where it can.
 *
 * @param loops the block runs after itself: then results that come late delay its next run, and the cycles are those of
 *     the second run of two
 * @returns nothing where the table has no cost for one of the instructions
 */
export function inOrderCycles(
  table: InOrderTable,
  block: readonly DecodedInstruction[],
  loops: boolean,
  bound: Bound,
): number | undefined {
  if (block.some(({ kind }) => table.costs[kind] === undefined)) return undefined;
  const issue = new Issue(table, bound);
  const once = issue.run(block);
  return loops ? issue.run(block) - once : once;
}

/** The issue stage, with what it waits for. */
class Issue {
  private cycle = 0;
  /** Instructions issued in this cycle. */
  private used = 0;
  private readonly ready = new Map<string, number>();
  private readonly free: ReadonlyMap<string, number[]>;

  constructor(
    private readonly table: InOrderTable,
    private readonly bound: Bound,
  ) {
    this.free = new Map(Object.entries(table.units).map(([unit, count]) => [unit, new Array<number>(count).fill(0)]));
  }

  /** @returns the cycle after the last instruction: a branch ends what is issued together */
  run(block: readonly DecodedInstruction[]): number {
    for (const decoded of block) this.issue(decoded);
    this.advance(this.cycle + 1);
    return this.cycle;
  }

  private advance(cycle: number): void {
    if (cycle <= this.cycle) return;
    this.cycle = cycle;
    this.used = 0;
  }

  private issue({ kind, uses }: DecodedInstruction): void {
    const cost = this.table.costs[kind];
    invariant(cost !== undefined, `${kind} has a cost`);
    const { units, busy = 1, latency, early = 0, alone = false, first = false } = cost;
    if (this.used >= this.table.width || (this.used > 0 && (alone || first))) this.advance(this.cycle + 1);
    this.waitFor(uses.reads, early);
    this.waitFor(uses.address, this.table.addressEarly);
    this.waitFor(uses.accumulators, -this.table.accumulatorLate);
    for (const unit of units) this.advance(Math.min(...(this.free.get(unit) ?? [])));
    for (const unit of units) this.take(unit, busy);

    for (const register of uses.writes) this.ready.set(register, this.cycle + latency);
    for (const register of uses.moves) this.ready.set(register, this.cycle + 1);
    const { bound } = this;
    const taken = Math.ceil(amountOf(cost.cycles, bound) + amountOf(cost.perRegister, bound) * uses.listed);
    this.used = alone ? this.table.width : this.used + 1;
    if (taken > 1) {
      this.advance(this.cycle + taken - 1);
      this.used = this.table.width;
    }
  }

  private waitFor(registers: readonly string[], early: number): void {
    for (const register of registers) {
      const ready = this.ready.get(register);
      if (ready !== undefined) this.advance(ready + early);
    }
  }

  private take(unit: string, busy: number): void {
    const free = this.free.get(unit) ?? [];
    free[free.indexOf(Math.min(...free))] = this.cycle + busy;
  }
}
