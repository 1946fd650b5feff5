import pico from 'picocolors';
import type { Diagnostic, Note } from './diagnostic.js';
import { excerptOf } from './excerpt.js';
import { formatSpan, type Span } from './span.js';
import { escapeControls, escapeLines } from './text.js';

export interface RenderOptions {
  /** The text of a file under the name that spans use, or nothing; see Session.sourceText. */
  readonly sourceText: (file: string) => string | undefined;
  readonly colour: boolean;
  /** Columns of the terminal; source lines are cut to it. 100 by default. */
  readonly width?: number | undefined;
}

type Paint = (text: string) => string;

/**
 * A diagnostic as text in the manner of rustc, ending with a line feed:
 *
 * ```
 * error[E0202]: kernel 5x5 does not fit the 4x4 input
 *   --> model.ts:14:7
 *    |
 * 14 |   x = conv(x, { kernel: 5 });
 *    |       ^^^^^^^^^^^^^^^^^^^^^^
 *    = help: use a smaller kernel
 * ```
 * Notes without a place and the hint follow the excerpt; notes with a place get their own.
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const c = pico.createColors(options.colour);
  const paint: Paint = diagnostic.severity === 'error' ? c.red : c.yellow;
  const lines = [
    `${c.bold(paint(`${diagnostic.severity}[${diagnostic.code}]`))}${c.bold(`: ${escapeControls(diagnostic.message)}`)}`,
  ];
  const placed = diagnostic.notes.filter(hasSpan);
  const gutter = gutterWidth([diagnostic, ...placed]);
  if (diagnostic.span) lines.push(...place(diagnostic.span, gutter, paint, options));
  for (const note of diagnostic.notes) if (!note.span) lines.push(...remark('note', note.message, gutter, c.bold));
  if (diagnostic.hint !== undefined) lines.push(...remark('help', diagnostic.hint, gutter, t => c.bold(c.cyan(t))));
  for (const note of placed) {
    lines.push(`${c.bold(c.green('note'))}: ${escapeControls(note.message)}`);
    lines.push(...place(note.span, gutter, c.green, options));
  }
  return `${lines.join('\n')}\n`;
}

const hasSpan = (note: Note): note is Note & { readonly span: Span } => note.span !== undefined;

function gutterWidth(items: readonly { readonly span?: Span | undefined }[]): number {
  return Math.max(2, ...items.map(item => String(item.span?.line ?? 0).length));
}

function place(span: Span, gutter: number, paint: Paint, options: RenderOptions): string[] {
  const c = pico.createColors(options.colour);
  const arrow = `${' '.repeat(gutter)}${c.blue('-->')} ${escapeControls(formatSpan(span))}`;
  const text = options.sourceText(span.file);
  const width = Math.max(20, (options.width ?? 100) - gutter - 3);
  const excerpt = text === undefined ? undefined : excerptOf(text, span, width);
  if (!excerpt) return [arrow];
  const bar = c.blue('|');
  const margin = `${' '.repeat(gutter)} ${bar}`;
  const underline = `${' '.repeat(excerpt.underlineStart)}${paint('^'.repeat(excerpt.underlineLength))}`;
  const number = c.blue(String(excerpt.lineNumber).padStart(gutter));
  return [arrow, margin, `${number} ${bar}${excerpt.text && ` ${excerpt.text}`}`, `${margin} ${underline}`];
}

/** `= note: ...`; further lines of the text stand under its first. */
function remark(kind: string, text: string, gutter: number, paint: Paint): string[] {
  const indent = ' '.repeat(gutter + 1);
  const [first = '', ...rest] = escapeLines(text);
  return [`${indent}= ${paint(kind)}: ${first}`, ...rest.map(line => `${indent}${' '.repeat(kind.length + 4)}${line}`)];
}
