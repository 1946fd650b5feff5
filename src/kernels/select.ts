import { InternalError } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import { opTable } from '../ops/index.js';
import type { ConstantTable, Goal, IsaFeature, KernelInput, KernelPlan, KernelVariant } from '../ops/kernel.js';

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
      const plansOf = (variants: readonly KernelVariant[]): KernelPlan[] =>
        variants
          .filter(({ needs }) => needs.every(feature => isa.includes(feature)))
          .flatMap(variant => variant.plan(node, inputs, goal) ?? []);
      const best = (plans: readonly KernelPlan[]): KernelPlan | undefined =>
        goal === 'size' ? least(plans, tableBytesOf) : plans[0];
      const plans = plansOf(op.kernels);
      const rows = best(plans);
      if (rows === undefined) throw new InternalError(`${node.op} has no kernel`);
      const slim = goal === 'ram' ? least(plans, plan => plan.scratchBytes ?? 0) : undefined;
      return [[node.name, { rows, accumulate: best(plansOf(op.accumulators ?? [])), slim }]];
    }),
  );
}

/** The first of those for which `measure` is least. */
function least(plans: readonly KernelPlan[], measure: (plan: KernelPlan) => number): KernelPlan | undefined {
  return plans.reduce<KernelPlan | undefined>(
    (best, plan) => (best === undefined || measure(plan) < measure(best) ? plan : best),
    undefined,
  );
}

const tableBytesOf = ({ tables }: KernelPlan): number =>
  tables.reduce((sum, { values, ctype }) => sum + values.length * bytesOf[ctype], 0);

const bytesOf: Readonly<Record<ConstantTable['ctype'], number>> = {
  int8_t: 1,
  uint8_t: 1,
  int16_t: 2,
  int32_t: 4,
  uint32_t: 4,
};
