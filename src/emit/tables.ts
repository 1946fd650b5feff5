import type { ConstantTable } from '../kernels/kernel.js';
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
