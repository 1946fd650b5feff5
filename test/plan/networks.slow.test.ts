import { expect, it } from 'vitest';
import { planRows } from '../../src/plan/plan-rows.js';
import { shadowRun } from '../../src/plan/shadow.js';
import { leastBound } from './least-bound.js';
import { mixNetS, shuffleNet } from './networks.js';

it.each([
  ['ShuffleNet for CIFAR-10', shuffleNet, 2],
  ['MixNet-S at 224x224', mixNetS, 10],
] as const)(
  '%s: within 4 % of the least row-live bound, sound, in time',
  (name, network, promisedSeconds) => {
    const program = network();
    const started = process.cpuUsage();
    const plan = planRows(program);
    const { user, system } = process.cpuUsage(started);
    console.log(
      `${name}: ${plan.steps.length} steps, arena ${plan.arenaBytes}, bound ${plan.boundBytes}, least ${plan.leastBytes}, ` +
        `demand-driven ${plan.standard.demand}, layer by layer ${plan.standard.layers}, ${Math.round((user + system) / 1000)} ms`,
    );
    expect((user + system) / 1e6).toBeLessThan(promisedSeconds);
    expect(shadowRun(plan)).toBeUndefined();
    expect(plan.arenaBytes).toBeLessThanOrEqual(1.04 * leastBound(plan));
  },
  300_000,
);
