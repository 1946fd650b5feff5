import { type Graph, GraphIndex, type Node } from '../ir/graph.js';
import type { KernelChoice } from '../kernels/select.js';
import type { KernelPlan } from '../ops/kernel.js';
import { consuming } from './image.js';
import { LiveMemory } from './live-memory.js';
import { demandDriven, layerByLayer, liveCurve, orderOf, peakOf } from './orders.js';
import { type OrderGoal, planRows, type RowPlan, searchLimit } from './plan-rows.js';
import { programOf } from './program-of.js';
import { cutAtInputRows, type Pushing } from './pushing.js';
import type { RowLayer, RowProgram } from './row-program.js';
import { searchOrder } from './search.js';

export type { OrderGoal } from './plan-rows.js';

/** A layer of the program: a node that makes rows, the kernel that makes them, and how it reads its inputs. */
export interface PlannedLayer {
  readonly node: Node;
  readonly kernel: KernelPlan;
  readonly row: RowLayer;
}

/** Everything about time and memory that the generated code needs. */
export interface Plan extends RowPlan {
  readonly layers: readonly PlannedLayer[];
  /** Absent where the image is overwritten: rows that are pushed stay the caller's. */
  readonly pushing: Pushing | undefined;
  /** Live bytes during each step: of the arena, and of the image that is overwritten. */
  readonly live: Float64Array;
  /** The first step in which most bytes are live. */
  readonly peak: { readonly node: Node; readonly bytes: number; readonly step: number };
}

/**
 * Plans an integer graph: which way each layer is computed, in which order, and where every row lies.
 *
 * @param consumeInput the plan may overwrite the caller's image; it does so where that makes the arena smaller
 */
export function planGraph(
  graph: Graph,
  choices: ReadonlyMap<string, KernelChoice>,
  goal: OrderGoal = 'search',
  consumeInput = false,
): Plan {
  const sparing = planBesideImage(graph, choices, goal, false);
  if (!consumeInput) return sparing;
  const overwriting = planBesideImage(graph, choices, goal, true);
  return overwriting.arenaBytes < sparing.arenaBytes ? overwriting : sparing;
}

function planBesideImage(
  graph: Graph,
  choices: ReadonlyMap<string, KernelChoice>,
  goal: OrderGoal,
  consumeInput: boolean,
): Plan {
  const rowsOf = (kernels: ReadonlyMap<string, KernelPlan>): RowProgram => {
    const program = programOf(graph, kernels);
    return consumeInput ? consuming(program) : program;
  };
  const kernels = chooseKernels(graph, choices, goal, rowsOf);
  const plan = planRows(rowsOf(kernels), goal);
  const index = new GraphIndex(graph);
  const layers = plan.program.layers.flatMap((row): PlannedLayer[] => {
    const kernel = kernels.get(row.name);
    return kernel === undefined ? [] : [{ node: index.node(row.name), kernel, row }];
  });
  const live = liveCurve(new LiveMemory(plan.program), orderOf(plan.steps));
  const bytes = live.reduce((a, b) => Math.max(a, b), 0);
  const step = live.indexOf(bytes);
  return {
    ...plan,
    layers,
    pushing: consumeInput ? undefined : cutAtInputRows(plan),
    live,
    peak: { node: layers[plan.steps[step].layer].node, bytes, step },
  };
}

/**
 * For layers that can take their input row by row: whether that is better than to have the input whole; and for those with
 * a kernel that needs less scratch, whether that is what counts. Starts from what takes less by itself, then tries the other
 * ways of each layer, and keeps those that lower the peak of live bytes, or are fast and do not raise it.
 */
function chooseKernels(
  graph: Graph,
  choices: ReadonlyMap<string, KernelChoice>,
  goal: OrderGoal,
  rowsOf: (kernels: ReadonlyMap<string, KernelPlan>) => RowProgram,
): ReadonlyMap<string, KernelPlan> {
  const index = new GraphIndex(graph);
  const chosen = new Map<string, KernelPlan>();
  const open: string[] = [];
  for (const [name, { rows, accumulate, slim }] of choices) {
    chosen.set(name, slim ?? rows);
    if (accumulate !== undefined || slim !== undefined) open.push(name);
    if (accumulate?.sumsBytes === undefined) continue;
    const [{ shape }] = index.inputTypes(index.node(name));
    const restBytes = (shape.height - 1) * shape.width * shape.channels;
    if (accumulate.sumsBytes < restBytes) chosen.set(name, accumulate);
  }
  const peakWith = (kernels: ReadonlyMap<string, KernelPlan>): number => {
    const program = rowsOf(kernels);
    const memory = new LiveMemory(program);
    if (goal !== 'search') {
      const order = goal === 'layers' ? layerByLayer(program) : demandDriven(program);
      return peakOf(memory, order);
    }
    return searchOrder(memory, [demandDriven(program), layerByLayer(program)], searchLimit / 10).peak;
  };
  let peak = open.length === 0 ? 0 : peakWith(chosen);
  for (const name of open) {
    const { rows, accumulate, slim } = choices.get(name) ?? {};
    for (const kernel of new Set([rows, accumulate, slim])) {
      const before = chosen.get(name);
      if (kernel === undefined || kernel === before || before === undefined) continue;
      chosen.set(name, kernel);
      const other = peakWith(chosen);
      // Back to the fast one where it costs nothing.
      if (other < peak || (other === peak && before === slim && kernel === rows)) peak = other;
      else chosen.set(name, before);
    }
  }
  return chosen;
}
