import type { Span } from './span.js';
import { type Cell, cellsOf } from './text.js';

/** A line of source as it is shown, with the place of its underline in terminal columns from 0. */
export interface Excerpt {
  readonly lineNumber: number;
  readonly text: string;
  readonly underlineStart: number;
  readonly underlineLength: number;
}

/** TypeScript's line breaks, so that our line numbers are those of the reader. */
const lineBreak = /\r\n|[\n\r\u2028\u2029]/;
const cut = '...';
/** UTF-16 units. */
const longLine = 4000;

const positive = (n: number): number => (Number.isFinite(n) && n >= 1 ? Math.floor(n) : 1);
const widthOf = (cells: readonly Cell[]): number => cells.reduce((sum, cell) => sum + cell.width, 0);

/**
 * The line of a span, cut to `width` terminal columns around the underline. A span that reaches beyond its line is
 * cut at the end of the line; one that begins beyond it points just after the last character.
 *
 * @returns nothing when the text has no such line
 */
export function excerptOf(sourceText: string, span: Span, width: number): Excerpt | undefined {
  const lineNumber = positive(span.line);
  const line = sourceText.split(lineBreak, lineNumber)[lineNumber - 1];
  if (line === undefined) return undefined;
  const column = positive(span.column) - 1;
  // Of a minified line only the neighbourhood is looked at.
  const skipped = line.length > longLine ? Math.max(0, Math.min(column, line.length) - longLine / 2) : 0;
  const part = line.slice(skipped, skipped + longLine);
  const from = column - skipped;
  const to = from + positive(span.length);
  const cells = cellsOf(part);
  // A span may begin inside of a surrogate pair: the cell that holds its first unit counts.
  const first = cells.findIndex(cell => cell.start + cell.units > from);
  const begin = first < 0 ? cells.length : first;
  const following = cells.findIndex((cell, i) => i > begin && cell.start >= to);
  const end = following < 0 ? cells.length : following;

  const [left, right] = window(cells, begin, end, width);
  const prefix = left + skipped > 0 ? cut : '';
  const suffix = right < cells.length || skipped + part.length < line.length ? cut : '';
  const text = cells.slice(left, right).map(cell => cell.text);
  return {
    lineNumber,
    text: `${prefix}${text.join('')}${suffix}`.trimEnd(),
    underlineStart: prefix.length + widthOf(cells.slice(left, begin)),
    underlineLength: Math.max(1, widthOf(cells.slice(begin, Math.min(end, right)))),
  };
}

/** Which cells to show: all that fit, else a window with a third of its width before the underline. */
function window(cells: readonly Cell[], begin: number, end: number, width: number): [left: number, right: number] {
  if (widthOf(cells) <= width) return [0, cells.length];
  const room = Math.max(8, width - 2 * cut.length);
  const underlined = Math.min(room, widthOf(cells.slice(begin, end)));
  let left = begin;
  let used = underlined;
  const front = underlined + (room - underlined) / 3;
  for (let cell = cells[left - 1]; cell && used + cell.width <= front; cell = cells[left - 1]) {
    used += cell.width;
    left--;
  }
  let right = left;
  used = 0;
  for (let cell = cells[right]; cell && used + cell.width <= room; cell = cells[right]) {
    used += cell.width;
    right++;
  }
  // Near the end of the line there is room left: show more of what is before.
  for (
    let cell = cells[left - 1];
    right === cells.length && cell && used + cell.width <= room;
    cell = cells[left - 1]
  ) {
    used += cell.width;
    left--;
  }
  return [left, right];
}
