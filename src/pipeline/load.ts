import { fail } from '../diagnostics/diagnostic.js';
import type { Session } from '../diagnostics/session.js';
import { type InputSet, inputAt } from '../frontend/arrays/images.js';
import { isQuantised } from '../frontend/import/imported-model.js';
import { importOnnx } from '../frontend/onnx/import-onnx.js';
import { readModel } from '../frontend/read-model.js';
import { importTflite } from '../frontend/tflite/import-tflite.js';
import { bindWeights } from '../frontend/weights/bind.js';
import { writeFloatWeights } from '../frontend/weights/float.js';
import { bindQuantised } from '../frontend/weights/quantised.js';
import { bindRandom, randomImages } from '../frontend/weights/random.js';
import { readWeightsFile } from '../frontend/weights/weights-file.js';
import { FloatNetwork } from '../interpreter/float-network.js';
import { yieldRegularly } from '../interpreter/yield.js';
import { type FloatGraph, GraphIndex, type IntegerGraph } from '../ir/graph.js';
import type { Rounding } from '../numeric/requantise.js';
import { requireLayer, sourceOf } from '../ops/facts.js';
import { opOf, opTable } from '../ops/index.js';
import { verifyGraph } from '../ops/verify.js';
import { floatPasses, runPasses } from '../passes/index.js';
import { calibrate } from '../quantize/calibrate.js';
import { requireTellingImages } from '../quantize/check-images.js';
import { estimateStatistics } from '../quantize/estimate-statistics.js';
import { declaredQuantisation, inputMeaning, toReal } from '../quantize/inputs.js';
import type { LabelledImages } from '../quantize/measure-bits.js';
import type { LayerQuality } from '../quantize/quality.js';
import { lowerModel, type QuantisedModel, quantiseGraph } from '../quantize/quantise.js';
import { type GoalModel, quantiseByGoal } from '../quantize/quantise-by-goal.js';
import {
  defaultQuantiseOptions,
  type QuantiseOptions,
  quantiseByImages,
  type StageProgress,
} from '../quantize/quantise-model.js';
import type { BitsGoal } from '../quantize/search-bits.js';
import { lowering } from './lowering.js';
import type { Observe } from './stage.js';

/** From files to the integer graph: what the commands begin with. */
export interface ModelSource {
  readonly model: string;
  readonly weights: string;
}

/** Parameters that come from a seed instead of a file: the network is not trained. */
export interface RandomWeights {
  readonly seed: number;
}

/**
 * Fuses a float graph.
 * @throws CompileError E0117 when no layer is left: the model had nothing but activations that do nothing
 */
function fuse(graph: FloatGraph): FloatGraph {
  const fused = runPasses(graph, floatPasses);
  const { span } = new GraphIndex(graph).node(graph.output);
  requireLayer(fused, { called: `model '${graph.name}'`, span });
  return fused;
}

/** Reads model.ts and float weights, and fuses them. */
export async function loadFloatModel({ model, weights }: ModelSource, session: Session): Promise<FloatGraph> {
  const graph = verifyGraph(await readModel(model, { ops: opTable, session }), 'read-model');
  return fuse(verifyGraph(bindWeights(graph, readWeightsFile(weights), opOf, session), 'bind-weights'));
}

/** Reads a float `.onnx`, which brings its weights, and fuses it. @throws CompileError E0901 when it is quantised already */
export function loadFloatOnnx(model: string, session: Session): FloatGraph {
  const imported = importOnnx(model, session);
  if (isQuantised(imported))
    return fail('E0901', 'an int8 .onnx is quantised already', { hint: 'give it to the other commands as it is' });
  return fuse(verifyGraph(imported.graph, 'import-onnx'));
}

/** The weights file of a float graph. */
export const floatWeightsOf = (graph: FloatGraph): Uint8Array => writeFloatWeights(graph, opOf);

/**
 * Post-training quantisation of a float graph with calibration images.
 * @throws CompileError E0405, E0503, and E0504 for images that say nothing of the network; few images are warned about (E0505)
 */
export async function quantiseModel(
  graph: FloatGraph,
  images: InputSet,
  options: Partial<QuantiseOptions>,
  session: Session,
  onProgress?: StageProgress,
): Promise<QuantisedModel> {
  const all = [...realImages(graph, images)];
  requireTellingImages(sourceOf(graph), all, session);
  const quantised = await quantiseByImages(graph, all, { ...defaultQuantiseOptions, ...options }, onProgress);
  verifyGraph(lowerModel(quantised), 'quantise');
  return quantised;
}

/**
 * Quantises with the fewest bytes of weights that meet a goal: see {@link quantiseByGoal}.
 * @param labelled images that accuracy is measured on, where the goal asks for it
 * @throws CompileError E0507 when the goal cannot be met; and what {@link quantiseModel} throws
 */
export async function quantiseToGoal(
  graph: FloatGraph,
  images: InputSet,
  options: Partial<QuantiseOptions>,
  goal: BitsGoal,
  labelled: LabelledImages | undefined,
  session: Session,
  onProgress?: StageProgress,
): Promise<GoalModel> {
  const all = [...realImages(graph, images)];
  requireTellingImages(sourceOf(graph), all, session);
  const result = await quantiseByGoal(
    graph,
    all,
    { ...defaultQuantiseOptions, ...options },
    goal,
    labelled,
    onProgress,
  );
  verifyGraph(lowerModel(result.model), 'quantise');
  return result;
}

/** The class that the float network finds for each image: the first of the largest scores. */
export async function floatClasses(
  graph: FloatGraph,
  images: InputSet,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<readonly number[]> {
  const network = new FloatNetwork(graph);
  const yieldNow = yieldRegularly();
  const classes: number[] = [];
  for (const image of realImages(graph, images)) {
    const scores = network.run(image).get(graph.output) ?? new Float32Array(1);
    // An argmax has one value, the class itself.
    classes.push(scores.length === 1 ? scores[0] : scores.indexOf(scores.reduce((a, b) => Math.max(a, b))));
    onProgress(classes.length, images.count);
    await yieldNow();
  }
  return classes;
}

/** The images as the float graph takes them, one after the other. @throws CompileError E0405 */
function* realImages(graph: FloatGraph, images: InputSet): Generator<Float32Array> {
  const source = sourceOf(graph);
  if (images.kind === 'quantised' && declaredQuantisation(source) === undefined) {
    fail('E0405', `int8 images cannot calibrate the input '${source.name}', which declares no scale`, {
      span: source.span,
      hint: 'give uint8 pixels or float32 in real units, or declare `scale` and `zeroPoint` of the input',
    });
  }
  const meaning = inputMeaning(source);
  for (let i = 0; i < images.count; i++) yield toReal(images.kind, inputAt(images, i), meaning);
}

/** A model with quantised weights, as integer graph, with what its origin was. */
export interface LoadedModel {
  readonly graph: IntegerGraph;
  /** The graph with all channels, where `reduceFor` has left some out of `graph`. The result is the same, byte for byte. */
  readonly whole?: IntegerGraph | undefined;
  /** All channels are there because the user wants it so. */
  readonly keepsChannels?: true | undefined;
  readonly rounding: Rounding;
  /** How well each tensor agrees with the float network; of weights that `effnetc quantize` made. */
  readonly quality?: readonly LayerQuality[] | undefined;
  /** Without weights where the model's file has them. */
  readonly source: { readonly model: string; readonly weights?: string | RandomWeights };
}

/** A quantised model as it is planned and emitted: runs the stages up to the integer graph. */
export function loadedModel(model: QuantisedModel, source: LoadedModel['source'], observe?: Observe): LoadedModel {
  return lowered(() => model, source, observe);
}

function lowered(read: () => QuantisedModel, source: LoadedModel['source'], observe?: Observe): LoadedModel {
  const { quantised, graph } = lowering.run({ read }, observe);
  return { graph, rounding: quantised.rounding, quality: quantised.quality, source };
}

/** Reads a model of another framework, which brings its weights, into the integer graph. `rounding` overrides its own. */
export function loadImportedModel(
  model: string,
  session: Session,
  rounding?: Rounding,
  observe?: Observe,
): LoadedModel {
  const read = () => {
    const imported = importTflite(model, session);
    return rounding === undefined ? imported : { ...imported, rounding };
  };
  return lowered(read, { model }, observe);
}

/**
 * Reads an `.onnx` into the integer graph: an int8 one as it is, a float one with the weights that `quantize` made of it.
 * @throws CompileError E0901 or E0910 when `weights` are there and should not, or the other way round
 */
export function loadOnnxModel(
  model: string,
  weights: string | undefined,
  session: Session,
  rounding?: Rounding,
  observe?: Observe,
): LoadedModel {
  const imported = importOnnx(model, session);
  if (isQuantised(imported)) {
    if (weights !== undefined) {
      fail('E0901', '--weights cannot be used with an int8 .onnx, which has its own', { hint: 'leave it out' });
    }
    const chosen = rounding ?? imported.rounding;
    return loadedModel({ ...imported, rounding: chosen }, { model }, observe);
  }
  if (weights === undefined) {
    return fail('E0910', '--weights is missing: the .onnx is a float network', {
      hint: 'quantise it first: effnetc quantize model.onnx --calibration images.npy -o q.safetensors',
    });
  }
  const { graph } = imported;
  return lowered(
    () => bound(verifyGraph(graph, 'import-onnx'), weights, session, rounding),
    { model, weights },
    observe,
  );
}

/** Reads model.ts and quantised weights into the integer graph. `rounding` overrides what the weights file says. */
export async function loadQuantisedModel(
  source: ModelSource,
  session: Session,
  rounding?: Rounding,
  observe?: Observe,
): Promise<LoadedModel> {
  const graph = verifyGraph(await readModel(source.model, { ops: opTable, session }), 'read-model');
  return lowered(() => bound(graph, source.weights, session, rounding), source, observe);
}

/** A float graph with the parameters of a quantised weights file. */
function bound(graph: FloatGraph, weights: string, session: Session, rounding: Rounding | undefined): QuantisedModel {
  const quantised = bindQuantised(fuse(graph), readWeightsFile(weights), opOf, session);
  const model = rounding === undefined ? quantised : { ...quantised, rounding };
  // Another rounding than the file's has another quality.
  const quality = model.rounding === quantised.rounding ? quantised.quality : undefined;
  return { ...model, quality };
}

/** Reads model.ts and makes its weights up, to know what a network needs and that it is bit-exact before it is trained. */
export async function randomModel(
  model: string,
  weights: RandomWeights,
  session: Session,
  rounding: Rounding = 'native',
  onProgress?: (done: number, total: number) => void,
  observe?: Observe,
): Promise<LoadedModel> {
  const graph = verifyGraph(await readModel(model, { ops: opTable, session }), 'read-model');
  const images = randomImages(sourceOf(graph), weights.seed);
  const random = bindRandom(graph, weights.seed, opOf);
  const settled = verifyGraph(await estimateStatistics(random, [...realImages(graph, images)]), 'settle-statistics');
  const fused = fuse(settled);
  let done = 0;
  const histograms = await calibrate(fused, realImages(fused, images), () => onProgress?.(++done, images.count));
  const quantised = quantiseGraph(fused, histograms, rounding);
  return loadedModel(quantised, { model, weights }, observe);
}
