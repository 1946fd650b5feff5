import { describe, expect, it } from 'vitest';
import type { IntegerGraph } from '../../src/ir/graph.js';
import type { Goal } from '../../src/kernels/kernel.js';
import { worthwhile } from '../../src/plan/kernel-choices.js';
import { type Plan, planGraph } from '../../src/plan/plan.js';
import { candidatesOf } from '../../src/select/candidates.js';
import { chooseKernels, chosenAmong } from '../../src/select/choose.js';
import { loadCosts } from '../../src/select/load-costs.js';
import { loadTarget } from '../../src/target/load-target.js';
import { randomIntegerModel } from '../kernels/random-model.js';

/** What is predicted of all layers of a plan. */
function planned(
  graph: IntegerGraph,
  target: string,
  goal: Goal,
): { readonly plan: Plan; readonly instructions: number } {
  const { isa, cpu } = loadTarget(target);
  const layers = candidatesOf(graph, isa, loadCosts(cpu));
  const plan = planGraph(graph, chooseKernels(layers, goal), 'demand');
  const instructions = plan.layers.reduce((sum, { node, kernel }) => {
    const layer = layers.find(each => each.node.name === node.name);
    return sum + ((layer && chosenAmong(layer, kernel)?.cost.instructions) ?? Number.NaN);
  }, 0);
  return { plan, instructions };
}

describe.each(['cortex-m0', 'cortex-m4'])('--optimize ram on %s', target => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'takes no more arena than anything else, and no slower kernel for nothing (%i)',
    async seed => {
      const graph = await randomIntegerModel(seed, 'native');
      const [fast, ram] = (['balanced', 'ram'] as const).map(goal => planned(graph, target, goal));
      expect(ram.plan.arenaBytes).toBeLessThanOrEqual(fast.plan.arenaBytes);
      if (ram.plan.arenaBytes === fast.plan.arenaBytes) expect(ram.instructions).toBeLessThanOrEqual(fast.instructions);
    },
  );
});

it('twice the instructions are worth an eighth of the arena, and nothing is worth more arena than the usual plan has', () => {
  const usual = { arenaBytes: 9000, instructions: 100 };
  const twice = { arenaBytes: 7999, instructions: 200 };
  expect(worthwhile([twice, usual])).toBe(twice);
  expect(worthwhile([{ ...twice, arenaBytes: 8001 }, usual])).toBe(usual);
  // Four times: two eighths.
  const fourTimes = { arenaBytes: 7199, instructions: 400 };
  expect(worthwhile([fourTimes, usual])).toBe(fourTimes);
  expect(worthwhile([{ ...fourTimes, arenaBytes: 7201 }, usual])).toBe(usual);
  expect(worthwhile([{ arenaBytes: 9001, instructions: 10 }, usual])).toBe(usual);
  const unknown = { arenaBytes: 8999, instructions: undefined };
  expect(worthwhile([unknown, usual])).toBe(unknown);
});
