import { InternalError } from '../diagnostics/diagnostic.js';
import { type Graph, GraphIndex } from '../ir/graph.js';
import { opTable } from '../ops/index.js';
import type { IsaFeature, KernelInput, KernelPlan, KernelVariant } from '../ops/kernel.js';

/** The ways in which a layer may be computed; the planner takes the one that needs less memory. */
export interface KernelChoice {
  /** Makes an output row from rows of the inputs. */
  readonly rows: KernelPlan;
  /** Takes the rows of the input one by one, where the op can. */
  readonly accumulate?: KernelPlan | undefined;
}

/** The kernel plans of every layer, by node name. */
export function planKernels(graph: Graph, isa: readonly IsaFeature[]): ReadonlyMap<string, KernelChoice> {
  const index = new GraphIndex(graph);
  return new Map(
    graph.nodes.flatMap(node => {
      const op = opTable.get(node.op);
      if (op === undefined || op.traits.source === true) return [];
      const inputs = node.inputs.map((name): KernelInput => {
        const producer = index.node(name);
        return { ...producer.type, aligned: opTable.get(producer.op)?.traits.source !== true };
      });
      // The first variant whose needs the target meets, and that suits the node; `generic` needs nothing.
      const first = (variants: readonly KernelVariant[]): KernelPlan | undefined => {
        const usable = variants.filter(v => v.needs.every(feature => isa.includes(feature)));
        for (const variant of usable) {
          const plan = variant.plan(node, inputs);
          if (plan !== undefined) return plan;
        }
        return undefined;
      };
      const rows = first(op.kernels);
      if (rows === undefined) throw new InternalError(`${node.op} has no kernel`);
      return [[node.name, { rows, accumulate: first(op.accumulators ?? []) }]];
    }),
  );
}
