import type { ConstantTable } from '../kernels/kernel.js';
import type { Plan } from '../plan/plan.js';
import { hex } from './helpers.js';
import type { TableView } from './views.js';

export { constantBytes } from '../kernels/kernel.js';

/** The values in lines of so many. */
export function inLines<T>(values: readonly T[], perLine: number): T[][] {
  const lines: T[][] = [];
  for (let i = 0; i < values.length; i += perLine) lines.push(values.slice(i, i + perLine));
  return lines;
}

export function tableView(table: ConstantTable, symbol: string): TableView {
  const values = Array.from(table.values, value => (table.packed === true ? hex(value, 8) : value));
  const lines = inLines(values, table.perLine);
  return { symbol, ctype: table.ctype, count: values.length, layout: table.layout, lines };
}

/** Where some blocks of a plan are: the offsets from the first byte of any to after the last, and how many live at a time. */
export interface Extent {
  readonly live: number;
  readonly lowest: number;
  readonly end: number;
}

/** @param numbers of blocks, at least one */
export function extentOf(plan: Plan, numbers: readonly number[]): Extent {
  const { blocks } = plan.buffers;
  return {
    live: mostLive(plan, numbers),
    lowest: Math.min(...numbers.map(b => plan.offsets[b])),
    end: Math.max(...numbers.map(b => plan.offsets[b] + blocks[b].bytes)),
  };
}

/** The most of these blocks that are live at a time. */
export function mostLive({ buffers }: Plan, numbers: readonly number[]): number {
  const spans = numbers.map(b => buffers.blocks[b]);
  return Math.max(...spans.map(({ from }) => spans.filter(s => s.from <= from && from <= s.to).length));
}
