import { join } from 'node:path';
import { invariant } from '../diagnostics/diagnostic.js';
import { TemplateEngine } from '../emit/engine.js';
import { type Limits, limitsView } from '../emit/limits.js';
import { type EmittedModel, emitModel } from '../emit/model-view.js';
import { reducedText } from '../emit/reduced-text.js';
import { GraphIndex, type IntegerGraph } from '../ir/graph.js';
import { printGraph } from '../ir/print.js';
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
import { reducing } from './reduce.js';
import { type Observe, Pipeline, type Stage } from './stage.js';

export interface CompiledModel extends EmittedModel {
  readonly graph: IntegerGraph;
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

/** What the stages from choosing kernels on begin with. */
interface FittedState {
  readonly loaded: LoadedModel;
  readonly target: Target;
  readonly version: string;
  readonly options: CompileOptions;
}

interface SelectedState {
  /** What there was to choose from. */
  readonly candidates: readonly LayerCandidates[];
  readonly choices: ReadonlyMap<string, KernelChoice>;
}

const select: Stage<FittedState, SelectedState> = {
  name: 'select',
  does: 'chooses a kernel for each layer, by what each takes on the target',
  run({ loaded, target, options: { choose, optimize = 'balanced', tuned = () => undefined } }) {
    const candidates = kernelCandidates(loaded, target);
    const choices = choose === undefined ? chooseKernels(candidates, optimize, tuned) : choose(candidates);
    return { candidates, choices };
  },
  print: ({ loaded, candidates, choices }) =>
    printGraph(loaded.graph) +
    candidates
      .flatMap(({ node: { name }, rows, accumulate }) => {
        const { rows: byRows, accumulate: bySums } = choices.get(name) ?? {};
        const all = [...rows, ...accumulate];
        const chosen = all.filter(({ plan }) => plan === byRows || plan === bySums).map(candidate => candidate.name);
        return `# ${name}: ${chosen.join(', or ')}\n`;
      })
      .join(''),
};

const plan: Stage<FittedState & SelectedState, { readonly plan: Plan }> = {
  name: 'plan',
  does: 'finds the order of the steps and the place of each row in the arena',
  run: ({ loaded: { graph }, choices, options: { order = 'search', consumeInput = false } }) => ({
    plan: planGraph(graph, choices, order, consumeInput),
  }),
  print: ({ loaded, plan: { arenaBytes, boundBytes, layers, steps } }) =>
    printGraph(loaded.graph) +
    `# arena: ${arenaBytes} bytes, row-live bound ${boundBytes}\n` +
    layers.map(({ node, kernel }, i) => `# layer ${i} ${node.name}: ${kernel.functionName}\n`).join('') +
    `# steps: ${steps.map(({ layer }) => layer).join(' ')}\n`,
};

type PlannedState = FittedState & SelectedState & { readonly plan: Plan };

const emit: Stage<PlannedState, { readonly compiled: CompiledModel }> = {
  name: 'emit',
  does: 'renders the C',
  run: state => ({ compiled: emitted(state) }),
  print: ({ loaded, compiled: { files } }) =>
    printGraph(loaded.graph) + [...files].map(([name, text]) => `# ${name}: ${text.length} characters\n`).join(''),
};

/** From the integer graph, as it is, to the C. */
export const compiling = Pipeline.of<FittedState>().with(select).with(plan).with(emit);

/** Plans and emits the C of an integer graph for a target. Does not look at budgets: see `checkBudget` in budget.ts. */
export function compileModel(
  loaded: LoadedModel,
  target: Target,
  version: string,
  options: CompileOptions = {},
  observe?: Observe,
): CompiledModel {
  const { entry = 'infer', consumeInput = false } = options;
  invariant(!consumeInput || entry === 'infer', 'rows that are pushed are not overwritten');
  return compiling.run({ loaded, target, version, options }, observe).compiled;
}

/** What tuning gives to compiling. */
interface Tunes {
  readonly options: Pick<CompileOptions, 'tuned' | 'tuning'>;
}

/** For callers that measure no kernels. */
export const withoutTuning = async (): Promise<Tunes> => ({ options: {} });

/** Options of all stages from the integer graph on. */
export interface TargetOptions extends CompileOptions {
  /** All channels stay. */
  readonly keepChannels?: boolean | undefined;
}

/** A model that was fitted to a target, and its C. */
export interface TargetModel<Tuned> {
  /** Without the channels that its result does not need, unless they are to be kept. */
  readonly loaded: LoadedModel;
  readonly compiled: CompiledModel;
  /** What tuning said. */
  readonly tuned: Tuned;
}

/**
 * All stages from the integer graph on: fits the model to the target, and compiles it.
 * @param tune measures kernels of the fitted model before one is chosen
 */
export async function compileForTarget<Tuned extends Tunes>(
  whole: LoadedModel,
  target: Target,
  version: string,
  options: TargetOptions,
  tune: (fitted: LoadedModel) => Promise<Tuned>,
  observe?: Observe,
): Promise<TargetModel<Tuned>> {
  const { loaded } = reducing.run({ loaded: whole, target, options }, observe);
  const tuned = await tune(loaded);
  const compiled = compileModel(loaded, target, version, { ...options, ...tuned.options }, observe);
  return { loaded, tuned, compiled };
}

/** The C and what belongs to it. */
function emitted({ loaded, target, version, options, candidates, plan }: PlannedState): CompiledModel {
  const { order = 'search', entry = 'infer', optimize = 'balanced', consumeInput = false, limits = {} } = options;
  const { tuned = () => undefined, tuning } = options;
  const { graph, whole = graph, rounding, source } = loaded;
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
  const model = emitModel(parts, engine);
  const firmware = firmwareOf(graph, plan, model, target, entry);
  return {
    ...model,
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

function firmwareOf(
  graph: IntegerGraph,
  plan: Plan,
  { files, view }: EmittedModel,
  target: Target,
  entry: Entry,
): Firmware {
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
  graph: IntegerGraph,
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
