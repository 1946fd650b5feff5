import { fail } from '../diagnostics/diagnostic.js';
import type { QuantisedModel } from '../quantize/quantise.js';
import type { FoundBits } from '../quantize/search-bits.js';
import type { CommandIo, TextStyle } from './io.js';
import { resolvePath } from './model-options.js';
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

/** Accuracy over the labelled images of the command line, of any quantised form of a model. */
export async function accuracyMeter(
  io: CommandIo,
  model: string,
  options: BitsGoalOptions,
): Promise<(quantised: QuantisedModel) => Promise<number>> {
  const { loadedModel, sourceOf } = await import('../pipeline.js');
  const { readLabels } = await import('../frontend/arrays/images.js');
  const { readVectors } = await import('./vectors.js');
  const { predictedClass } = await import('../run/classify.js');
  const { classCount, requireLabels } = await import('./require-labels.js');
  const { runOutputs } = await import('./run-outputs.js');
  const { GraphIndex } = await import('../ir/graph.js');
  return async quantised => {
    const loaded = loadedModel(quantised, { model: resolvePath(io, model) });
    const { graph } = loaded;
    const [images = '', labelled = ''] = [options.images, options.labels];
    const vectors = readVectors(resolvePath(io, images), sourceOf(graph), io.session);
    const labels = readLabels(resolvePath(io, labelled), { classes: classCount(graph) });
    requireLabels(labelled, labels.length, vectors.length, false);
    const outputs = await runOutputs(io, loaded, options.driver ?? 'reference', 'cortex-m4', vectors);
    const { type } = new GraphIndex(graph).node(graph.output);
    return outputs.filter((output, i) => predictedClass(output, type) === labels[i]).length / outputs.length;
  };
}

/** What the search found, as a field of the JSON. */
export function foundFields(found: FoundBits | undefined): JsonObject {
  if (found === undefined) return {};
  const { layers, bytes, accuracy, measured } = found;
  return {
    weightBits: {
      bytes,
      ...(accuracy === undefined ? {} : { accuracy }),
      layers: layers.map(({ layer, width }) => ({ layer, ...width })),
      measured: measured.map(each => ({ ...each })),
    },
  };
}

/** The same for people. */
export function foundText(found: FoundBits | undefined, style: TextStyle): string {
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
  const accuracy =
    found.accuracy === undefined ? '' : `, ${formatPercent(found.accuracy)} of the labelled images right`;
  return `${table}weights: ${formatBytes(found.bytes)}${accuracy}\n`;
}
