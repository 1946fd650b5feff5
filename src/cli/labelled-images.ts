import { fail } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import { elementCount } from '../ir/tensor.js';
import type { LabelledImages } from '../quantize/measure-bits.js';
import type { QuantisedModel } from '../quantize/quantise.js';
import type { CommandIo } from './io.js';
import { resolvePath } from './model-options.js';
import type { DriverName } from './options.js';

/** Classes that a model tells apart: its scores, or those among which its last op finds the largest. */
export function classCount(graph: Graph): number {
  const index = new GraphIndex(graph);
  const output = index.node(graph.output);
  const scores = output.type.dtype === 'i32' ? index.inputTypes(output)[0] : output.type;
  return elementCount(scores.shape);
}

/**
 * @param limited labels after the last image are no mistake, since --limit has left images out
 * @throws CompileError E0913 when there are no images, fewer labels than images, or more
 */
export function requireLabels(file: string, labels: number, images: number, limited: boolean): void {
  if (images === 0) fail('E0913', 'there are no images to evaluate');
  if (labels < images || (labels > images && !limited)) {
    fail('E0913', `${file} has ${labels} labels for ${images} images`, {
      hint: 'give a label for each image, in the same order, or take fewer images with --limit',
    });
  }
}

/** What runs a network that is only measured. */
export interface ChosenDriver {
  readonly name: 'reference' | DriverName;
  /** Why it is not the one that would be faster. */
  readonly reason?: string | undefined;
}

/** The driver of the command line, or else the C on this machine, where there is a compiler. */
export async function fastestDriver(wanted: 'reference' | DriverName | undefined): Promise<ChosenDriver> {
  if (wanted !== undefined) return { name: wanted };
  const { missingReason } = await import('../toolchain/tools.js');
  const reason = missingReason('hostCompiler');
  return reason === undefined ? { name: 'host' } : { name: 'reference', reason };
}

/** The labelled images of the command line, read once, for any quantised form of a float graph. */
export async function labelledImages(
  io: CommandIo,
  graph: Graph,
  files: { readonly model: string; readonly images: string; readonly labels: string },
  driver: ChosenDriver['name'],
): Promise<LabelledImages> {
  const { loadedModel, sourceOf } = await import('../pipeline/index.js');
  const { GraphIndex } = await import('../ir/graph.js');
  const { readLabels } = await import('../frontend/arrays/images.js');
  const { readModelInputs } = await import('./model-inputs.js');
  const { vectorsOf } = await import('./vectors.js');
  const { predictedClass } = await import('../run/classify.js');
  const { runOutputs } = await import('./run-outputs.js');
  const inputs = readModelInputs(resolvePath(io, files.images), sourceOf(graph), io.session);
  const labels = readLabels(resolvePath(io, files.labels), { classes: classCount(graph) });
  requireLabels(files.labels, labels.length, inputs.count, false);
  // The scale of the input is the same for all widths of weights.
  let vectors: readonly Uint8Array[] | undefined;
  return {
    count: inputs.count,
    async run(quantised, from, to, onProgress) {
      const loaded = loadedModel(unpacked(quantised), { model: resolvePath(io, files.model) });
      vectors ??= vectorsOf(inputs, sourceOf(loaded.graph));
      const { type } = new GraphIndex(loaded.graph).node(loaded.graph.output);
      const progress = { update: (_: string, done: number, total: number) => onProgress('measuring', done, total) };
      const part = vectors.slice(from, to);
      const outputs = await runOutputs({ ...io, progress }, loaded, driver, 'cortex-m4', part);
      return outputs.map((output, i) => predictedClass(output, type) === labels[from + i]);
    },
  };
}

/** The same integers in int8: what is computed stays as it is, and C that unpacks sub-byte weights takes six times as long here. */
function unpacked(model: QuantisedModel): QuantisedModel {
  const nodes = model.graph.nodes.map(node => {
    const { weight } = node.constants;
    return weight?.bits === undefined
      ? node
      : { ...node, constants: { ...node.constants, weight: { ...weight, bits: undefined } } };
  });
  return { ...model, graph: { ...model.graph, nodes } };
}
