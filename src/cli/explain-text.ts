import type { ExplainedLayer } from '../report/explain-report.js';
import type { TextStyle } from './io.js';
import { formatCount } from './output.js';
import { type Column, renderTable } from './table.js';

const right = (title: string): Column => ({ title, align: 'right' });
const known = (count: number | null): string => (count === null ? '?' : formatCount(count));

/** How far the prediction is off, in per cent of what was measured. */
const off = (predicted: number | null, measured: number): string =>
  predicted === null || measured === 0 ? '' : `${(((predicted - measured) * 100) / measured).toFixed(1)} %`;

/** The candidates of every layer, the one that was taken first, then those that do not suit. */
export function explainText(layers: readonly ExplainedLayer[], style: TextStyle): string {
  const rows = layers.flatMap(layer => {
    const candidates = [...layer.candidates].sort((a, b) => Number(b.chosen) - Number(a.chosen));
    return [
      ...candidates.map(({ chosen, kernel, predicted, tableBytes, codeBytes, scratchBytes, why }) => [
        chosen ? layer.layer : '',
        kernel,
        known(predicted),
        chosen ? formatCount(layer.measured) : '',
        chosen ? off(predicted, layer.measured) : '',
        known(codeBytes),
        formatCount(tableBytes),
        formatCount(scratchBytes),
        why,
      ]),
      ...layer.unsuited.map(({ kernel, reason }) => ['', kernel, '', '', '', '', '', '', `does not suit: ${reason}`]),
    ];
  });
  const columns: Column[] = [
    { title: 'layer' },
    { title: 'kernel' },
    right('predicted'),
    right('measured'),
    right('off'),
    right('code B'),
    right('tables B'),
    right('scratch B'),
    { title: 'why', wrap: true },
  ];
  return renderTable(columns, rows, style);
}
