import type { DecodedInstruction } from './decode.js';
import type { InstructionKind } from './kind.js';
import { type AdditiveTable, amountOf, type Bound } from './table.js';

const singleLoads: ReadonlySet<InstructionKind> = new Set(['load', 'loadNarrow']);
const pipelines: ReadonlySet<InstructionKind> = new Set(['load', 'loadNarrow', 'store', 'storeRegister']);
const accesses = (kind: InstructionKind): boolean => /load|store/i.test(kind);

/**
 * Cycles of instructions that run one after the other, what comes after the last one left aside.
 *
 * A load or store after a load is shortened to no less than a cycle; one whose address the instruction before computed
 * waits. Source of both rules: Arm Cortex-M3 TRM (DDI 0337), "Load/store timings"; the numbers are the table's.
 *
 * @returns nothing where the table has no cost for one of them
 */
export function additiveCycles(
  table: AdditiveTable,
  block: readonly DecodedInstruction[],
  bound: Bound,
): number | undefined {
  let sum = 0;
  let before: DecodedInstruction | undefined;
  for (const decoded of block) {
    const cost = table.costs[decoded.kind];
    if (cost === undefined) return undefined;
    const own = amountOf(cost.cycles, bound) + amountOf(cost.perRegister, bound) * decoded.uses.listed;
    sum += before === undefined ? own : own + neighbour(table, before, decoded, own, bound);
    before = decoded;
  }
  return sum;
}

/** What the instruction before adds to an instruction's own cycles, or takes from them. */
function neighbour(
  table: AdditiveTable,
  before: DecodedInstruction,
  { kind, uses }: DecodedInstruction,
  own: number,
  bound: Bound,
): number {
  if (!accesses(kind)) return 0;
  const needed = before.uses.writes.some(register => uses.address.includes(register));
  if (singleLoads.has(before.kind)) {
    const shortened = !needed && pipelines.has(kind);
    return shortened ? Math.max(1, own - amountOf(table.pipelined, bound)) - own : 0;
  }
  return needed && !accesses(before.kind) ? amountOf(table.addressStall, bound) : 0;
}
