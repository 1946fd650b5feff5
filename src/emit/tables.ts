import type { ConstantTable } from '../ops/kernel.js';
import { hex } from './helpers.js';
import type { TableView } from './views.js';

/** Bytes of the types that tables are made of. */
export const elementBytes = {
  int8_t: 1,
  uint8_t: 1,
  int16_t: 2,
  uint16_t: 2,
  int32_t: 4,
  uint32_t: 4,
} as const;

/** The values in lines of so many. */
export function inLines<T>(values: readonly T[], perLine: number): T[][] {
  const lines: T[][] = [];
  for (let i = 0; i < values.length; i += perLine) lines.push(values.slice(i, i + perLine));
  return lines;
}

export function tableBytes(table: ConstantTable): number {
  return table.values.length * elementBytes[table.ctype];
}

export function tableView(table: ConstantTable, symbol: string): TableView {
  const values = Array.from(table.values, value => (table.packed === true ? hex(value, 8) : value));
  const lines = inLines(values, table.perLine);
  return { symbol, ctype: table.ctype, count: values.length, layout: table.layout, lines };
}
