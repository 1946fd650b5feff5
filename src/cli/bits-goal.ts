import { fail } from '../diagnostics/diagnostic.js';
import type { FoundBits } from '../quantize/search-bits.js';
import type { TextStyle } from './io.js';
import type { ChosenDriver } from './labelled-images.js';
import type { DriverName } from './options.js';
import { formatBytes, formatPercent, type JsonObject } from './output.js';
import { renderTable } from './table.js';

/** The options of `effnetc quantize` that ask for a search of bits. */
export interface BitsGoalOptions {
  /** In per cent. */
  readonly minAccuracy?: number;
  readonly maxFlash?: number;
  readonly images?: string;
  readonly labels?: string;
  readonly driver?: 'reference' | DriverName;
  readonly weightBits?: unknown;
}

/** Is a search of bits asked for? @throws CompileError E0901 or E0910 where the options do not go together */
export function wantsBits({ minAccuracy, maxFlash, images, labels, weightBits }: BitsGoalOptions): boolean {
  const goal = minAccuracy !== undefined ? '--min-accuracy' : maxFlash !== undefined ? '--max-flash' : undefined;
  if (goal !== undefined && weightBits !== undefined) {
    fail('E0901', `--weight-bits cannot be used with ${goal}, which finds the bits itself`, { hint: 'leave one out' });
  }
  const missing = images === undefined ? '--images' : labels === undefined ? '--labels' : undefined;
  if (minAccuracy !== undefined && missing !== undefined) {
    fail('E0910', `${missing} is missing`, {
      hint: '--min-accuracy needs labelled images: --images x.npy --labels y.npy; others than those for calibration tell more',
    });
  }
  return goal !== undefined;
}

/** What the search found, as a field of the JSON. */
export function foundFields(found: FoundBits | undefined, wide: readonly string[], { name }: ChosenDriver): JsonObject {
  if (found === undefined) return {};
  const { layers, bytes, accuracy, estimated, measured } = found;
  return {
    weightBits: {
      bytes,
      ...(accuracy === undefined ? {} : { accuracy, driver: name }),
      layers: layers.map(({ layer, width }) => ({ layer, ...width })),
      estimated: estimated.map(each => ({ ...each })),
      measured: measured.map(each => ({ ...each })),
    },
    ...(wide.length > 0 ? { activationBits: wide.map(layer => ({ layer, bits: 16 })) } : {}),
  };
}

/** The same for people. */
export function foundText(
  found: FoundBits | undefined,
  wide: readonly string[],
  { name, reason }: ChosenDriver,
  style: TextStyle,
): string {
  if (found === undefined) return '';
  const rows = found.layers.map(({ layer, width }) => [
    layer,
    String(width.bits),
    width.error.toExponential(1),
    formatBytes(width.bytes),
  ]);
  const table = renderTable(
    [
      { title: 'layer' },
      { title: 'bits', align: 'right' },
      { title: 'error', align: 'right' },
      { title: 'weights', align: 'right' },
    ],
    rows,
    style,
  );
  const by = `by ${name}${reason === undefined ? '' : `, which is slow: ${reason}`}`;
  const accuracy =
    found.accuracy === undefined ? '' : `, ${formatPercent(found.accuracy)} of the labelled images right (${by})`;
  const activations = wide.length > 0 ? `int16 activations: ${wide.join(', ')}\n` : '';
  return `${table}${activations}weights: ${formatBytes(found.bytes)}${accuracy}\n`;
}
