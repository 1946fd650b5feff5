import { GraphIndex, type IntegerGraph, type Node } from '../ir/graph.js';
import type { KernelPlan } from '../kernels/kernel.js';
import type { KernelChoice } from '../select/choose.js';
import { consuming } from './image.js';
import { kernelChoices, worthwhile } from './kernel-choices.js';
import { LiveMemory } from './live-memory.js';
import { liveCurve, orderOf } from './orders.js';
import { type OrderGoal, planRows, type RowPlan } from './plan-rows.js';
import { programOf } from './program-of.js';
import { cutAtInputRows, type Pushing } from './pushing.js';
import type { RowLayer, RowProgram } from './row-program.js';

/** How many plans are kept: enough for all sets of kernels and both uses of the image, for a few networks. */
const most = 32;

const plans = new Map<string, RowPlan>();

/**
 * {@link planRows}, memoised. Planning is the slowest part of compiling, and the same program is planned several times: for another core,
 * to compare, and with kernels that are the same for the planner. A plan depends on nothing but the program, which is the key.
 * The latest {@link most} plans are kept.
 */
export function memoisedPlan(program: RowProgram, goal: OrderGoal): RowPlan {
  const key = JSON.stringify([goal, program]);
  const plan = plans.get(key) ?? planRows(program, goal);
  // A map keeps the order of insertion: the plan that was used last goes to the end, and the first one is dropped.
  plans.delete(key);
  plans.set(key, plan);
  for (const oldest of plans.keys()) {
    if (plans.size <= most) break;
    plans.delete(oldest);
  }
  return plan;
}

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
  graph: IntegerGraph,
  choices: ReadonlyMap<string, KernelChoice>,
  goal: OrderGoal = 'search',
  consumeInput = false,
): Plan {
  const keeping = planBesideImage(graph, choices, goal, false);
  if (!consumeInput) return keeping;
  const overwriting = planBesideImage(graph, choices, goal, true);
  return overwriting.arenaBytes < keeping.arenaBytes ? overwriting : keeping;
}

function planBesideImage(
  graph: IntegerGraph,
  choices: ReadonlyMap<string, KernelChoice>,
  goal: OrderGoal,
  consumeInput: boolean,
): Plan {
  const rowsOf = (kernels: ReadonlyMap<string, KernelPlan>): RowProgram => {
    const program = programOf(graph, kernels);
    return consumeInput ? consuming(program) : program;
  };
  const { kernels, plan } = worthwhile(
    kernelChoices(graph, choices, goal, rowsOf).map(({ kernels, instructions }) => {
      const plan = memoisedPlan(rowsOf(kernels), goal);
      return { kernels, plan, instructions, arenaBytes: plan.arenaBytes };
    }),
  );
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
