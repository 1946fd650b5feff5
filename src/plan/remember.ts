import { type OrderGoal, planRows, type RowPlan } from './plan-rows.js';
import type { RowProgram } from './row-program.js';

/** Plans that are kept: those of all kernels and of both uses of the image, for a few networks. */
const most = 32;

const plans = new Map<string, RowPlan>();

/**
 * {@link planRows}, once for each program of a process, as far as those of late go. Planning takes longer than all else, and
 * a network is planned again for another core, to see what is saved, and with kernels between which the planner sees no
 * difference. A plan follows from nothing but the program, all of which is the key.
 */
export function rememberedPlan(program: RowProgram, goal: OrderGoal): RowPlan {
  const key = JSON.stringify([goal, program]);
  const plan = plans.get(key) ?? planRows(program, goal);
  // At the end again: the plan that was asked for longest ago is the first to go.
  plans.delete(key);
  plans.set(key, plan);
  for (const oldest of plans.keys()) {
    if (plans.size <= most) break;
    plans.delete(oldest);
  }
  return plan;
}
