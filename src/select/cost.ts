import type { Node } from '../ir/graph.js';
import type { Shape } from '../ir/tensor.js';
import { constantBytes, type KernelPlan } from '../kernels/kernel.js';
import { opOf } from '../ops/index.js';
import type { CostTable } from './load-costs.js';

/** What a kernel takes for a layer: instructions of an inference, bytes. */
export interface Cost {
  /** Predicted; absent where the kernel's family, or something that it does, was not measured on the core. */
  readonly instructions: number | undefined;
  /** Predicted, of the layer's own functions, without the helpers that layers share. */
  readonly codeBytes: number | undefined;
  /** Exact: weights and tables. */
  readonly tableBytes: number;
  /** Exact: RAM besides its rows, sums and scratch. */
  readonly workBytes: number;
}

/** How often the driver calls a kernel, and how many rows it finds for it: besides what the kernel says of itself. */
export function driverCounts(node: Node, inputs: readonly Shape[], plan: KernelPlan): Readonly<Record<string, number>> {
  const accumulates = plan.sumsBytes !== undefined;
  const steps = accumulates ? inputs[0].height : node.type.shape.height;
  const windows = opOf(node).rowWindows(node, inputs) ?? [];
  const rows = accumulates ? 1 : windows.reduce((sum, window) => sum + window.rows, 0);
  return { steps, 'rows found': steps * rows };
}

/** All that is counted of a kernel in an inference; nothing where it does not say what it does. */
export function countsOf(
  node: Node,
  inputs: readonly Shape[],
  plan: KernelPlan,
): Readonly<Record<string, number>> | undefined {
  return plan.work === undefined ? undefined : { ...driverCounts(node, inputs, plan), ...plan.work.counts };
}

/** What a kernel takes on a core. The sums are of whole numbers, so that they are the same everywhere. */
export function costOf(node: Node, inputs: readonly Shape[], plan: KernelPlan, costs: CostTable | undefined): Cost {
  const family = plan.work === undefined ? undefined : costs?.families[plan.work.family];
  const counts = countsOf(node, inputs, plan);
  return {
    instructions:
      counts === undefined || family === undefined
        ? undefined
        : priced(counts, family.hundredths, plan.work?.known ?? 0),
    codeBytes: family === undefined ? undefined : family.code.layer + family.code.unrolled * (plan.work?.unrolled ?? 0),
    tableBytes: constantBytes(plan.tables),
    workBytes: (plan.sumsBytes ?? 0) + (plan.scratchBytes ?? 0),
  };
}

function priced(
  counts: Readonly<Record<string, number>>,
  hundredths: Readonly<Record<string, number>>,
  known: number,
): number | undefined {
  let sum = 0;
  for (const [what, count] of Object.entries(counts)) {
    const price = hundredths[what];
    if (price === undefined) return undefined;
    sum += count * price;
  }
  return Math.round(sum / 100) + known;
}
