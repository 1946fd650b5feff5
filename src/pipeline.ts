import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fail, invariant } from './diagnostics/diagnostic.js';
import type { Session } from './diagnostics/session.js';
import { type EmittedModel, emitModel } from './emit/emit-model.js';
import { TemplateEngine } from './emit/engine.js';
import { type Limits, limitsView } from './emit/limits.js';
import type { LabelledText } from './emit/views.js';
import { type InputSet, inputAt } from './frontend/arrays/images.js';
import { importOnnx } from './frontend/onnx/import-onnx.js';
import { readModel } from './frontend/read-model.js';
import { importTflite } from './frontend/tflite/import-tflite.js';
import { bindWeights } from './frontend/weights/bind.js';
import { writeFloatWeights } from './frontend/weights/float.js';
import { bindQuantised } from './frontend/weights/quantised.js';
import { bindRandom, randomImages } from './frontend/weights/random.js';
import { readWeightsFile } from './frontend/weights/weights-file.js';
import { type Graph, GraphIndex, type Node } from './ir/graph.js';
import { byteCount, rowBytes } from './ir/tensor.js';
import { candidatesOf, type LayerCandidates } from './kernels/candidates.js';
import { chooseKernels, type KernelChoice, type Measured } from './kernels/select.js';
import type { Rounding } from './numeric/requantise.js';
import { opTable } from './ops/index.js';
import type { Goal } from './ops/kernel.js';
import type { OpDefinition } from './ops/op.js';
import { verifyGraph } from './ops/verify.js';
import { packageRoot } from './package-root.js';
import { floatPasses, integerPasses, runPasses } from './passes/index.js';
import { type OrderGoal, type Plan, planGraph } from './plan/plan.js';
import { calibrate } from './quantize/calibrate.js';
import { requireTellingImages } from './quantize/check-images.js';
import { FloatNetwork } from './quantize/float-network.js';
import { declaredQuantisation, inputMeaning, toReal } from './quantize/inputs.js';
import type { LayerQuality } from './quantize/quality.js';
import { lowerModel, type QuantisedModel, quantiseGraph } from './quantize/quantise.js';
import {
  defaultQuantiseOptions,
  type QuantiseOptions,
  quantiseByImages,
  type StageProgress,
} from './quantize/quantise-model.js';
import { settleStatistics } from './quantize/settle-statistics.js';
import type { Entry, Firmware } from './run/driver.js';
import { takeTurns } from './run/turns.js';
import { loadCosts } from './target/load-costs.js';
import type { Target } from './target/target.js';

export type { Goal } from './ops/kernel.js';
export type { OrderGoal } from './plan/plan.js';

/**
 * The stages of effnetc, in order; this file is the map of the project.
 *
 *   readModel -> bindWeights -> floatPasses -> quantiseByImages              `quantize`
 *   readModel -> floatPasses -> bindQuantised -> lowerModel                  every other command
 *   importTflite -> lowerModel                                               of a .tflite, which brings its weights
 *   importOnnx -> floatPasses -> quantiseByImages                            `quantize` of a float .onnx
 *   importOnnx -> floatPasses -> bindQuantised -> lowerModel                 every other command, of the same
 *   importOnnx -> lowerModel                                                 of an int8 .onnx
 *   readModel -> bindRandom -> settleStatistics -> floatPasses -> calibrate -> quantiseGraph -> lowerModel
 *                                                                            --random-weights
 *             -> integerPasses -> planKernels -> planGraph -> emitModel      `compile` and what builds on it
 */
export interface ModelSource {
  readonly model: string;
  readonly weights: string;
}

/** Parameters that come from a seed instead of a file: the network is not trained. */
export interface RandomWeights {
  readonly seed: number;
}

function lookup(kind: string): OpDefinition {
  const op = opTable.get(kind);
  if (op === undefined) throw new TypeError(`no op '${kind}'`);
  return op;
}

/**
 * Fuses a float graph.
 * @throws CompileError E0117 when no layer is left: the model had nothing but activations that do nothing
 */
function fuse(graph: Graph): Graph {
  const fused = runPasses(graph, floatPasses);
  if (fused.output === sourceOf(fused).name) {
    const { span } = new GraphIndex(graph).node(graph.output);
    fail('E0117', `model '${graph.name}' does nothing to its input, so there is nothing to compute`, {
      span,
      hint: 'add a layer that computes something',
    });
  }
  return fused;
}

/** Reads model.ts and float weights, and fuses them. */
export async function loadFloatModel({ model, weights }: ModelSource, session: Session): Promise<Graph> {
  const graph = verifyGraph(await readModel(model, { ops: opTable, session }), 'read-model');
  return fuse(verifyGraph(bindWeights(graph, readWeightsFile(weights), lookup, session), 'bind-weights'));
}

/** Reads a float `.onnx`, which brings its weights, and fuses it. @throws CompileError E0901 when it is quantised already */
export function loadFloatOnnx(model: string, session: Session): Graph {
  const { graph, quantised } = importOnnx(model, session);
  if (quantised)
    fail('E0901', 'an int8 .onnx is quantised already', { hint: 'give it to the other commands as it is' });
  return fuse(verifyGraph(graph, 'import-onnx'));
}

/** The weights file of a float graph. */
export const floatWeightsOf = (graph: Graph): Uint8Array => writeFloatWeights(graph, lookup);

/**
 * Post-training quantisation of a float graph with calibration images.
 * @throws CompileError E0405, E0503, and E0504 for images that say nothing of the network; few images are warned about (E0505)
 */
export async function quantiseModel(
  graph: Graph,
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

/** The class that the float network finds for each image: the first of the largest scores. */
export async function floatClasses(
  graph: Graph,
  images: InputSet,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<readonly number[]> {
  const network = new FloatNetwork(graph);
  const turn = takeTurns();
  const classes: number[] = [];
  for (const image of realImages(graph, images)) {
    const scores = network.run(image).get(graph.output) ?? new Float32Array(1);
    // An argmax has one value, the class itself.
    classes.push(scores.length === 1 ? scores[0] : scores.indexOf(scores.reduce((a, b) => Math.max(a, b))));
    onProgress(classes.length, images.count);
    await turn();
  }
  return classes;
}

/** The images as the float graph takes them, one after the other. @throws CompileError E0405 */
function* realImages(graph: Graph, images: InputSet): Generator<Float32Array> {
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
  readonly graph: Graph;
  readonly rounding: Rounding;
  /** How well each tensor agrees with the float network; of weights that `effnetc quantize` made. */
  readonly quality?: readonly LayerQuality[] | undefined;
  /** Without weights where the model's file has them. */
  readonly source: { readonly model: string; readonly weights?: string | RandomWeights };
}

/** A quantised model as it is planned and emitted. */
export function loadedModel(model: QuantisedModel, source: LoadedModel['source']): LoadedModel {
  const graph = runPasses(verifyGraph(lowerModel(model), 'lower'), integerPasses);
  return { graph, rounding: model.rounding, quality: model.quality, source };
}

/** Reads a model of another framework, which brings its weights, into the integer graph. `rounding` overrides its own. */
export function loadImportedModel(model: string, session: Session, rounding?: Rounding): LoadedModel {
  const imported = importTflite(model, session);
  const quantised = rounding === undefined ? imported : { ...imported, rounding };
  return loadedModel(quantised, { model });
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
): LoadedModel {
  const imported = importOnnx(model, session);
  if (imported.quantised) {
    if (weights !== undefined) {
      fail('E0901', '--weights cannot be used with an int8 .onnx, which has its own', { hint: 'leave it out' });
    }
    const chosen = rounding ?? imported.rounding;
    return loadedModel({ ...imported, rounding: chosen }, { model });
  }
  if (weights === undefined) {
    return fail('E0910', '--weights is missing: the .onnx is a float network', {
      hint: 'quantise it first: effnetc quantize model.onnx --calibration images.npy -o q.safetensors',
    });
  }
  return bound(verifyGraph(imported.graph, 'import-onnx'), { model, weights }, session, rounding);
}

/** Reads model.ts and quantised weights into the integer graph. `rounding` overrides what the weights file says. */
export async function loadQuantisedModel(
  source: ModelSource,
  session: Session,
  rounding?: Rounding,
): Promise<LoadedModel> {
  return bound(
    verifyGraph(await readModel(source.model, { ops: opTable, session }), 'read-model'),
    source,
    session,
    rounding,
  );
}

/** A float graph with the parameters of a quantised weights file. */
function bound(graph: Graph, source: ModelSource, session: Session, rounding: Rounding | undefined): LoadedModel {
  const quantised = bindQuantised(fuse(graph), readWeightsFile(source.weights), lookup, session);
  const model = rounding === undefined ? quantised : { ...quantised, rounding };
  // Another rounding than the file's has another quality.
  const quality = model.rounding === quantised.rounding ? quantised.quality : undefined;
  return loadedModel({ ...model, quality }, source);
}

/** Reads model.ts and makes its weights up, to know what a network needs and that it is bit-exact before it is trained. */
export async function randomModel(
  model: string,
  weights: RandomWeights,
  session: Session,
  rounding: Rounding = 'native',
  onProgress?: (done: number, total: number) => void,
): Promise<LoadedModel> {
  const graph = verifyGraph(await readModel(model, { ops: opTable, session }), 'read-model');
  const images = randomImages(sourceOf(graph), weights.seed);
  const random = bindRandom(graph, weights.seed, lookup);
  const settled = verifyGraph(await settleStatistics(random, [...realImages(graph, images)]), 'settle-statistics');
  const fused = fuse(settled);
  let done = 0;
  const histograms = await calibrate(fused, realImages(fused, images), () => onProgress?.(++done, images.count));
  const quantised = quantiseGraph(fused, histograms, rounding);
  return loadedModel(quantised, { model, weights });
}

export interface CompiledModel extends EmittedModel {
  readonly graph: Graph;
  readonly plan: Plan;
  /** What there was to choose from. */
  readonly candidates: readonly LayerCandidates[];
  readonly optimize: Goal;
  /** Instructions of candidates that were measured instead of predicted. */
  readonly tuned: Measured;
  readonly firmware: Firmware;
  readonly macs: number;
  readonly rounding: Rounding;
  readonly order: OrderGoal;
  /** The plan was allowed to overwrite the image, whether it does or not. */
  readonly mayConsumeInput: boolean;
}

export interface CompileOptions {
  /** The order of steps: the best one found, or one of the two that set the standard. */
  readonly order?: OrderGoal | undefined;
  /** What kernels are chosen for. */
  readonly optimize?: Goal | undefined;
  /** What the firmware for verification and measurement calls; the C has both. */
  readonly entry?: Entry | undefined;
  /** `infer` may overwrite the caller's image; it does so where that saves RAM, and then it is the only entry. */
  readonly consumeInput?: boolean | undefined;
  /** What the C asserts, besides what the target has. */
  readonly limits?: Limits | undefined;
  /** Instructions of candidates that were measured: they go before those that are predicted. */
  readonly tuned?: Measured | undefined;
  /** What the header of the C says of that. */
  readonly tuning?: string | undefined;
  /** Chooses kernels in place of the goal: for those who measure them. */
  readonly choose?: ((layers: readonly LayerCandidates[]) => ReadonlyMap<string, KernelChoice>) | undefined;
}

/** The kernels that a target has for each layer, with what they are predicted to take. */
export function kernelCandidates({ graph }: LoadedModel, target: Target): LayerCandidates[] {
  return candidatesOf(graph, target.isa, loadCosts(target.cpu));
}

/** Plans and emits the C of an integer graph for a target. Does not look at budgets: see `checkBudget` in budget.ts. */
export function compileModel(
  loaded: LoadedModel,
  target: Target,
  version: string,
  options: CompileOptions = {},
): CompiledModel {
  const { order = 'search', entry = 'infer', optimize = 'balanced', consumeInput = false, limits = {} } = options;
  const { choose, tuned = () => undefined, tuning } = options;
  const { graph, rounding, source } = loaded;
  invariant(!consumeInput || entry === 'infer', 'rows that are pushed are not overwritten');
  const candidates = kernelCandidates(loaded, target);
  const choices = choose === undefined ? chooseKernels(candidates, optimize, tuned) : choose(candidates);
  const plan = planGraph(graph, choices, order, consumeInput);
  const macs = countMacs(graph);
  const engine = new TemplateEngine(join(packageRoot(), 'templates'));
  const provenance = [
    { label: 'command', text: describeCommand(source, target, rounding, order) },
    { label: 'target', text: target.name },
    ...describeSource(source),
    { label: 'rounding', text: rounding },
    ...(optimize === 'balanced' ? [] : [{ label: 'optimize', text: optimize }]),
    ...(tuning === undefined ? [] : [{ label: 'tuned', text: tuning }]),
    { label: 'MACs', text: String(macs) },
    { label: 'RAM', text: ramText(plan) },
  ];
  const { isa, placement } = target;
  const budget = target.budget === undefined ? undefined : { ...target.budget, owner: target.name };
  const use = { ...sizesOf(graph), entry };
  const parts = { graph, plan, isa, version, provenance, placement, limits: limitsView(limits, budget, use) };
  const emitted = emitModel(parts, engine);
  const firmware = firmwareOf(graph, plan, emitted, target, entry);
  return {
    ...emitted,
    graph,
    plan,
    candidates,
    optimize,
    tuned,
    macs,
    rounding,
    order,
    mayConsumeInput: consumeInput,
    firmware,
  };
}

function ramText({ imageBytes, arenaBytes, boundBytes }: Plan): string {
  const image = imageBytes === 0 ? '' : ' besides the input, which is overwritten';
  return `${arenaBytes} bytes of arena${image} (row-live bound of this order: ${boundBytes})`;
}

function firmwareOf(graph: Graph, plan: Plan, { files, view }: EmittedModel, target: Target, entry: Entry): Firmware {
  return {
    name: graph.name,
    files,
    entry,
    consumesInput: plan.imageBytes > 0,
    ...sizesOf(graph),
    outputType: view.output.ctype === 'int32_t' ? 'int32_t' : 'int8_t',
    layers: plan.layers.map(({ node, row }, i) => ({
      name: node.name,
      functionName: view.layers[i].function,
      rows: node.type.shape.height,
      rowBytes: rowBytes(node.type),
      steps: row.steps,
    })),
    stepLayers: plan.steps.map(({ layer }) => layer),
    target,
  };
}

/** What the caller gives and gets. */
function sizesOf(graph: Graph): Pick<Firmware, 'inputBytes' | 'inputRows' | 'outputBytes'> {
  const { type } = sourceOf(graph);
  return {
    inputBytes: byteCount(type),
    inputRows: type.shape.height,
    outputBytes: byteCount(new GraphIndex(graph).node(graph.output).type),
  };
}

/** The node that stands for the caller's input. */
export function sourceOf(graph: Graph): Node {
  const source = graph.nodes.find(node => opTable.get(node.op)?.traits.source);
  if (source === undefined) throw new TypeError('a graph has an input');
  return source;
}

/** Multiply-accumulates of one layer. */
export function layerMacs(graph: Graph, node: Node): number {
  const shapes = new GraphIndex(graph).inputTypes(node).map(type => type.shape);
  return opTable.get(node.op)?.macs(node, shapes, node.type.shape) ?? 0;
}

export function countMacs(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => sum + layerMacs(graph, node), 0);
}

/** Where a model and its weights came from, without directories: the same wherever they lie. */
export function describeSource({ model, weights }: LoadedModel['source']): LabelledText[] {
  return [
    { label: 'model', text: `${basename(model)}, SHA-256 ${sha256(model)}` },
    ...(weights === undefined ? [] : [{ label: 'weights', text: describeWeights(weights) }]),
  ];
}

/** The command that writes this C again, in the directory where model and weights are. */
function describeCommand(
  { model, weights }: LoadedModel['source'],
  target: Target,
  rounding: Rounding,
  order: OrderGoal,
) {
  const parameters = weights === undefined ? '' : `${weightsOption(weights)} `;
  const more = order === 'search' ? '' : ` --order ${order}`;
  return `effnetc compile ${quoted(basename(model))} ${parameters}--target ${target.name} --rounding ${rounding}${more} -o .`;
}

function weightsOption(weights: string | RandomWeights): string {
  return typeof weights === 'string' ? `--weights ${quoted(basename(weights))}` : `--random-weights ${weights.seed}`;
}

/** A file name for a shell. */
const quoted = (name: string): string =>
  /^[\w.,@%+=][\w.,@%+=-]*$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;

function describeWeights(weights: string | RandomWeights): string {
  if (typeof weights === 'string') return `${basename(weights)}, SHA-256 ${sha256(weights)}`;
  return `RANDOM, seed ${weights.seed}: this network is not trained`;
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
