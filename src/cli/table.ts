import Table from 'cli-table3';
import pico from 'picocolors';
import { escapeControls } from '../diagnostics/text.js';
import type { TextStyle } from './io.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right' | undefined;
  /** True lets the column break into lines where the terminal is too narrow; for one column of prose. */
  readonly wrap?: boolean | undefined;
}

type Characters = Partial<Record<Table.CharName, string>>;

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
} as const satisfies Characters;

/** Columns two spaces apart and nothing else. In a pipe a row is a line, for grep and awk. */
const characters: Characters = { ...noBorders, middle: '  ' };
/**
 * A table as text, ending with a line feed.
 *
 * @param rows one cell per column; control characters are made visible
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TextStyle,
): string {
  const c = pico.createColors(style.colour);
  const cells = rows.map(row => row.map(escapeControls));
  const widths = columns.map((column, i) =>
    cells.reduce((widest, row) => Math.max(widest, (row[i] ?? '').length), column.title.length),
  );
  const total = widths.reduce((sum, width) => sum + width + 2, -2);
  const excess = style.pretty ? total - style.columns : 0;
  const options: Table.TableConstructorOptions = {
    chars: characters,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns: columns.map(column => column.align ?? 'left'),
    wordWrap: true,
    colWidths: columns.map((column, i) => (column.wrap && excess > 0 ? Math.max(16, (widths[i] ?? 0) - excess) : null)),
  };
  const table = new Table(options);
  table.push(columns.map(column => c.bold(column.title)));
  if (style.pretty) table.push(columns.map((_, i) => '-'.repeat(options.colWidths?.[i] ?? widths[i] ?? 0)));
  for (const row of cells) table.push([...row]);
  const lines = table.toString().split('\n');
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}
