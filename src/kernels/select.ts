import { InternalError } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import { opTable } from '../ops/index.js';
import {
  constantBytes,
  type Goal,
  type IsaFeature,
  type KernelInput,
  type KernelPlan,
  type KernelVariant,
} from '../ops/kernel.js';

/** The ways in which a layer may be computed; the planner takes the one that needs less memory. */
export interface KernelChoice {
  /** Makes an output row from rows of the inputs. */
  readonly rows: KernelPlan;
  /** Takes the rows of the input one by one, where the op can. */
  readonly accumulate?: KernelPlan | undefined;
  /** Makes an output row with less memory of its own than `rows`; for those who want that. */
  readonly slim?: KernelPlan | undefined;
}

/**
 * The kernel plans of every layer, by node name: of the variants whose needs the target meets, and that suit the node, the
 * first, which is the fastest; for `size` the one with the smallest tables.
 */
export function planKernels(
  graph: Graph,
  isa: readonly IsaFeature[],
  goal: Goal = 'balanced',
): ReadonlyMap<string, KernelChoice> {
  const index = new GraphIndex(graph);
  return new Map(
    graph.nodes.flatMap(node => {
      const op = opTable.get(node.op);
      if (op === undefined || op.traits.source === true) return [];
      const inputs = node.inputs.map((name): KernelInput => {
        const producer = index.node(name);
        return { ...producer.type, aligned: opTable.get(producer.op)?.traits.source !== true };
      });
      /** In the order of the variants, each planned when it is asked for. */
      function* plansOf(variants: readonly KernelVariant[]): Generator<KernelPlan> {
        for (const variant of variants) {
          if (!variant.needs.every(feature => isa.includes(feature))) continue;
          const plan = variant.plan(node, inputs, goal);
          if (plan !== undefined) yield plan;
        }
      }
      const best = (variants: readonly KernelVariant[]): KernelPlan | undefined => {
        const plans = plansOf(variants);
        return goal === 'size' ? least(plans, plan => constantBytes(plan.tables)) : plans.next().value;
      };
      const rows = best(op.kernels);
      if (rows === undefined) throw new InternalError(`${node.op} has no kernel`);
      const slim = goal === 'ram' ? least(plansOf(op.kernels), plan => plan.scratchBytes ?? 0) : undefined;
      return [[node.name, { rows, accumulate: best(op.accumulators ?? []), slim }]];
    }),
  );
}

/** The first of those for which `measure` is least. */
function least(plans: Iterable<KernelPlan>, measure: (plan: KernelPlan) => number): KernelPlan | undefined {
  let best: KernelPlan | undefined;
  for (const plan of plans) if (best === undefined || measure(plan) < measure(best)) best = plan;
  return best;
}
