import { escapeControls } from '../diagnostics/text.js';
import { reducedText } from '../emit/reduced-text.js';
import type { ReducedLayer } from '../pipeline/index.js';
import { formatCount } from './format.js';
import type { ReducedView } from './page-views.js';

/** What was left out of which layers; null where nothing was. */
export function reducedTable(reduced: readonly ReducedLayer[]): ReducedView | null {
  if (reduced.length === 0) return null;
  const both = ({ before, after }: ReducedLayer['macs']) => ({
    before: formatCount(before),
    after: formatCount(after),
  });
  const rows = reduced.map(({ name, channels, weights, macs }) => ({
    name: escapeControls(name),
    channels: both(channels),
    weights: both(weights),
    macs: both(macs),
  }));
  return { rows, total: reducedText(reduced) };
}
