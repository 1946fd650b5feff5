import type { Confusion } from '../run/classify.js';
import type { TextStyle } from './io.js';
import { formatCount, formatPercent, type JsonObject } from './output.js';
import { renderTable } from './table.js';

/** More classes than this have a table too wide to read; the JSON has it. */
const mostColumns = 20;

/** How often the float network and the quantised one find the same class. */
export interface Agreement {
  readonly floatCorrect: number;
  readonly agreeing: number;
}

const share = (part: number, whole: number): string => (whole === 0 ? '-' : formatPercent(part / whole));

/** Per class: its images, how many were found, and how many of those taken for it are of it. */
export function classTable({ classes }: Confusion, style: TextStyle): string {
  const rows = classes.map(({ images, correct, predicted }, c) => [
    String(c),
    formatCount(images),
    formatCount(correct),
    share(correct, images),
    share(correct, predicted),
  ]);
  const right = (title: string) => ({ title, align: 'right' }) as const;
  return renderTable(
    [right('class'), right('images'), right('correct'), right('recall'), right('precision')],
    rows,
    style,
  );
}

/** A row for each true class, a column for each predicted one; nothing where there are too many classes. */
export function confusionTable({ counts }: Confusion, style: TextStyle): string {
  if (counts.length > mostColumns) return '';
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const columns = [right('true \\ predicted'), ...counts.map((_, c) => right(String(c)))];
  const rows = counts.map((row, c) => [String(c), ...row.map(n => (n === 0 ? '.' : String(n)))]);
  return `\n${renderTable(columns, rows, style)}`;
}

/** What the JSON has of a confusion besides images and correct ones. */
export function confusionFields({ classes, counts }: Confusion): JsonObject {
  return { classes: classes.map((result, label) => ({ class: label, ...result })), confusion: counts };
}

export function agreementFields(agreement: Agreement | undefined, images: number): JsonObject {
  if (agreement === undefined) return {};
  const { floatCorrect, agreeing } = agreement;
  return { float: { correct: floatCorrect, accuracy: floatCorrect / images, agreeing, agreement: agreeing / images } };
}

export function agreementText(agreement: Agreement | undefined, images: number): string {
  if (agreement === undefined) return '';
  const { floatCorrect, agreeing } = agreement;
  return `float: ${formatCount(floatCorrect)} correct, ${share(floatCorrect, images)}; both agree on ${formatCount(agreeing)} images, ${share(agreeing, images)}\n`;
}
