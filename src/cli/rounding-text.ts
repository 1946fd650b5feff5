import type { Rounding } from '../numeric/requantise.js';
import type { RoundingComparison } from '../run/compare-roundings.js';
import type { TextStyle } from './io.js';
import { formatCount, type JsonObject } from './output.js';
import { renderTable } from './table.js';

/** What another rounding rule would change, with the name of the rule. */
export interface NamedComparison {
  readonly rounding: Rounding;
  readonly comparison: RoundingComparison;
}

export function roundingFields(compared: NamedComparison | undefined): JsonObject {
  if (compared === undefined) return {};
  const { rounding, comparison } = compared;
  const layers = comparison.layers.map(layer => ({ ...layer }));
  return { roundings: { rounding, vectors: comparison.vectors, decisions: comparison.decisions, layers } };
}

/** A row for each layer, and what becomes of the result. */
export function roundingText(
  compared: NamedComparison | undefined,
  rounding: Rounding,
  vectors: number,
  style: TextStyle,
): string {
  if (compared === undefined) return '';
  const { comparison } = compared;
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const columns = [{ title: 'layer' }, right('values'), right('layer alone'), right('network'), right('by at most')];
  const rows = comparison.layers.map(({ name, elements, alone, together, maxAbsDiff }) => [
    name,
    ...[elements, alone, together, maxAbsDiff].map(formatCount),
  ]);
  return `\nvalues that ${compared.rounding} rounding would change, from ${rounding}:\n${renderTable(columns, rows, style)}result: ${formatCount(comparison.vectors)} of ${formatCount(vectors)} vectors would differ, and ${formatCount(comparison.decisions)} would have another largest output\n`;
}
