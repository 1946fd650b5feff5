import { findOrder } from '../../src/plan/candidates.js';
import { LiveMemory } from '../../src/plan/live-memory.js';
import { demandDriven, layerByLayer, orderOf } from '../../src/plan/orders.js';
import { type RowPlan, searchLimit } from '../../src/plan/plan-rows.js';
import type { RowProgram } from '../../src/plan/row-program.js';

/** The same layers, none of whose outputs may lie over its inputs. */
export const apart = (program: RowProgram): RowProgram => ({
  ...program,
  layers: program.layers.map(l => ({ ...l, inputs: l.inputs.map(({ tensor, window }) => ({ tensor, window })) })),
});

/**
 * The least row-live bound that is known for the program of a plan, of whichever order: what an arena is measured by. The
 * bound of the plan's own order can be larger, if that order was chosen for rows that share bytes.
 */
export function leastBound(plan: RowPlan): number {
  const memory = new LiveMemory(apart(plan.program));
  const known = [demandDriven(plan.program), layerByLayer(plan.program), orderOf(plan.steps)];
  return findOrder(memory, known, searchLimit).peak;
}
