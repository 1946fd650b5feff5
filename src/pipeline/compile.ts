import { join } from 'node:path';
import { invariant } from '../diagnostics/diagnostic.js';
import { type EmittedModel, emitModel } from '../emit/emit-model.js';
import { TemplateEngine } from '../emit/engine.js';
import { type Limits, limitsView } from '../emit/limits.js';
import { reducedText } from '../emit/reduced-text.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import { byteCount, rowBytes } from '../ir/tensor.js';
import { elementType, type Goal } from '../kernels/kernel.js';
import type { Rounding } from '../numeric/requantise.js';
import { countMacs, type ReducedLayer, reducedLayers, sourceOf } from '../ops/facts.js';
import { packageRoot } from '../package-root.js';
import { type OrderGoal, type Plan, planGraph } from '../plan/plan.js';
import { candidatesOf, type LayerCandidates } from '../select/candidates.js';
import { chooseKernels, type KernelChoice, type Measured } from '../select/choose.js';
import { loadCosts } from '../select/load-costs.js';
import type { Target } from '../target/target.js';
import type { Entry, Firmware } from '../toolchain/firmware.js';
import type { LoadedModel } from './load.js';
import { describeCommand, describeSource } from './provenance.js';

export type { Goal } from '../kernels/kernel.js';
export { countMacs, layerMacs, type ReducedLayer, sourceOf } from '../ops/facts.js';
export type { OrderGoal } from '../plan/plan.js';
export {
  floatClasses,
  floatWeightsOf,
  type LoadedModel,
  loadedModel,
  loadFloatModel,
  loadFloatOnnx,
  loadImportedModel,
  loadOnnxModel,
  loadQuantisedModel,
  type ModelSource,
  quantiseModel,
  quantiseToGoal,
  type RandomWeights,
  randomModel,
} from './load.js';
export { describeSource } from './provenance.js';
export { reduceFor } from './reduce.js';

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
 *             -> integerPasses -> reduceFor -> planKernels -> planGraph -> emitModel
 *                                                                            `compile` and what builds on it
 */

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
  /** What was left out of which layers; nothing where all channels are kept on purpose. */
  readonly reduced: readonly ReducedLayer[];
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
  const { graph, whole = graph, rounding, source } = loaded;
  invariant(!consumeInput || entry === 'infer', 'rows that are pushed are not overwritten');
  const candidates = kernelCandidates(loaded, target);
  const choices = choose === undefined ? chooseKernels(candidates, optimize, tuned) : choose(candidates);
  const plan = planGraph(graph, choices, order, consumeInput);
  const macs = countMacs(graph);
  const reduced = reducedLayers(whole, graph);
  const engine = new TemplateEngine(join(packageRoot(), 'templates'));
  const provenance = [
    { label: 'command', text: describeCommand(loaded, target, order) },
    { label: 'target', text: target.name },
    ...describeSource(source),
    { label: 'rounding', text: rounding },
    ...(optimize === 'balanced' ? [] : [{ label: 'optimize', text: optimize }]),
    ...(tuning === undefined ? [] : [{ label: 'tuned', text: tuning }]),
    { label: 'MACs', text: String(macs) },
    ...(reduced.length === 0 ? [] : [{ label: 'left out', text: reducedText(reduced) }]),
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
    reduced,
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
function sizesOf(
  graph: Graph,
): Pick<Firmware, 'inputBytes' | 'inputRows' | 'outputBytes' | 'inputType' | 'outputType'> {
  const { type } = sourceOf(graph);
  const output = new GraphIndex(graph).node(graph.output).type;
  return {
    inputBytes: byteCount(type),
    inputRows: type.shape.height,
    outputBytes: byteCount(output),
    inputType: type.dtype === 'i16' ? 'int16_t' : 'int8_t',
    outputType: elementType(output),
  };
}
