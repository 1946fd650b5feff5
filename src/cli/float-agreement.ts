import type { Agreement } from './accuracy-text.js';
import type { CommandIo } from './io.js';
import { isOnnx, resolvePath } from './model-options.js';

/**
 * Runs the float network on the same images as the quantised one, where its weights are given, and compares what they find.
 * @param predicted class of each image by the quantised network
 */
export async function agreementWithFloat(
  io: CommandIo,
  model: string,
  { floatWeights, images }: { readonly floatWeights?: string; readonly images: string },
  predicted: readonly number[],
  labels: ArrayLike<number>,
): Promise<Agreement | undefined> {
  if (floatWeights === undefined) return undefined;
  const { loadFloatModel, loadFloatOnnx, floatClasses, sourceOf } = await import('../pipeline/index.js');
  const { readModelInputs } = await import('./model-inputs.js');
  const source = { model: resolvePath(io, model), weights: resolvePath(io, floatWeights) };
  // A float .onnx is the network and its weights in one.
  const onnx = [source.weights, source.model].find(isOnnx);
  const graph = onnx === undefined ? await loadFloatModel(source, io.session) : loadFloatOnnx(onnx, io.session);
  const inputs = readModelInputs(resolvePath(io, images), sourceOf(graph), io.session);
  const limited = { ...inputs, count: predicted.length };
  const exact = await floatClasses(graph, limited, (done, total) => io.progress.update('float', done, total));
  return {
    floatCorrect: exact.filter((c, i) => c === labels[i]).length,
    agreeing: exact.filter((c, i) => c === predicted[i]).length,
  };
}
