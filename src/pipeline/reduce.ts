import type { IntegerGraph } from '../ir/graph.js';
import { printGraph } from '../ir/print.js';
import type { Goal } from '../kernels/kernel.js';
import { reducingPasses, runPasses } from '../passes/index.js';
import { type OrderGoal, planGraph } from '../plan/plan.js';
import { candidatesOf } from '../select/candidates.js';
import { chooseKernels, ranked } from '../select/choose.js';
import { loadCosts } from '../select/load-costs.js';
import type { Target } from '../target/target.js';
import type { LoadedModel } from './load.js';
import { Pipeline, type Stage } from './stage.js';

export interface ReduceOptions {
  /** What kernels are chosen for. */
  readonly optimize?: Goal | undefined;
  readonly order?: OrderGoal | undefined;
  readonly consumeInput?: boolean | undefined;
}

/** What a graph takes on a target, with the kernels that the goal takes. */
interface GraphCost {
  /** Predicted, of the layers whose kernels are measured for the target. */
  readonly instructions: number;
  /** The others. */
  readonly unpredicted: string;
  /** Exact: weights and tables. */
  readonly bytes: number;
  /** Bytes of RAM; planned when it is asked for, which takes time. */
  arena(): number;
}

/**
 * Leaves out the channels that the result does not need, for a target. Kernels take 2, 4 or 16 channels at a time, so that with a few
 * channels less a network may take more time than with all of them: so each of the reducing passes is tried, and the one with the
 * least predicted instructions is taken (for `size` the least bytes), if the network takes no more instructions, no more bytes of
 * weights and tables and no more of the arena than with all channels. With nothing to gain, the model stays what it is.
 */
export function reduceFor(loaded: LoadedModel, target: Target, options: ReduceOptions = {}): LoadedModel {
  const { graph: whole } = loaded;
  const [finest] = reducingPasses;
  const least = runPasses(whole, [finest]);
  if (least === whole) return loaded;
  const all = costOfGraph(whole, target, options);
  const reduced = reducingPasses.map(pass => (pass === finest ? least : runPasses(whole, [pass])));
  // Several passes often come to the same.
  const different = [...new Map([whole, ...reduced].map(graph => [widths(graph), graph])).values()].slice(1);
  const better = different
    .map(graph => ({ graph, cost: costOfGraph(graph, target, options) }))
    .filter(({ cost }) => cost.bytes <= all.bytes && noSlower(cost, all))
    .sort((a, b) => compare(a.cost, b.cost, options.optimize))
    .find(({ cost }) => cost.arena() <= all.arena());
  return better === undefined ? loaded : { ...loaded, graph: better.graph, whole };
}

/** The channels of all tensors: graphs of one origin that agree in them cost the same. */
const widths = (graph: IntegerGraph): string => graph.nodes.map(({ type }) => type.shape.channels).join();

/** As far as one can tell: where not the same layers are predicted, nothing can be said. */
const noSlower = (a: GraphCost, b: GraphCost): boolean =>
  a.unpredicted === b.unpredicted && a.instructions <= b.instructions;

function compare(a: GraphCost, b: GraphCost, goal: Goal | undefined): number {
  const [time, size] = [a.instructions - b.instructions, a.bytes - b.bytes];
  return goal === 'size' ? size || time : time || size;
}

function costOfGraph(
  graph: IntegerGraph,
  target: Target,
  { optimize = 'balanced', order, consumeInput }: ReduceOptions,
): GraphCost {
  const layers = candidatesOf(graph, target.isa, loadCosts(target.cpu));
  const costs = layers.map(({ rows }) => ranked(rows, optimize)[0].cost);
  let arena: number | undefined;
  return {
    instructions: costs.reduce((sum, { instructions = 0 }) => sum + instructions, 0),
    unpredicted: layers
      .filter((_, i) => costs[i].instructions === undefined)
      .map(({ node }) => node.name)
      .join(),
    bytes: costs.reduce((sum, { tableBytes }) => sum + tableBytes, 0),
    arena() {
      arena ??= planGraph(graph, chooseKernels(layers, optimize), order, consumeInput).arenaBytes;
      return arena;
    },
  };
}

interface ReducedState {
  readonly loaded: LoadedModel;
}

const reduce: Stage<ReducedState & { readonly target: Target; readonly options: ReduceStageOptions }, ReducedState> = {
  name: 'reduce',
  does: 'prunes the channels that the result does not need, as far as that pays on the target',
  run: ({ loaded, target, options: { keepChannels = false, ...options } }) => ({
    loaded: keepChannels ? { ...loaded, keepsChannels: true } : reduceFor(loaded, target, options),
  }),
  print: ({ loaded }) => printGraph(loaded.graph),
};

interface ReduceStageOptions extends ReduceOptions {
  /** All channels stay. */
  readonly keepChannels?: boolean | undefined;
}

/** From the integer graph to the one that suits a target. */
export const reducing = Pipeline.of<{
  readonly loaded: LoadedModel;
  readonly target: Target;
  readonly options: ReduceStageOptions;
}>().with(reduce);
