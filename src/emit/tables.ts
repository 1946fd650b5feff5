import type { ConstantTable } from '../ops/kernel.js';
import type { TableView } from './views.js';

const elementBytes: Readonly<Record<ConstantTable['ctype'], number>> = {
  int8_t: 1,
  int16_t: 2,
  int32_t: 4,
  uint32_t: 4,
};

export function tableBytes(table: ConstantTable): number {
  return table.values.length * elementBytes[table.ctype];
}

export function tableView(table: ConstantTable, symbol: string): TableView {
  const values = Array.from(table.values);
  const lines: number[][] = [];
  for (let i = 0; i < values.length; i += table.perLine) lines.push(values.slice(i, i + table.perLine));
  return { symbol, ctype: table.ctype, count: values.length, layout: table.layout, lines };
}
