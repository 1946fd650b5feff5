import { describe, expect, it } from 'vitest';
import { memoisedPlan } from '../../src/plan/plan.js';
import { planRows } from '../../src/plan/plan-rows.js';
import type { RowProgram } from '../../src/plan/row-program.js';

const rows = { rows: 1, stride: 1, before: 0 };

/** Two layers, the second of which may lie over what it reads. */
const program = (rowBytes = 8, overlay?: number): RowProgram => ({
  tensors: [
    { name: 'input', rows: 4, rowBytes: 8, home: 'input' },
    { name: 'a', rows: 4, rowBytes, home: 'arena' },
    { name: 'b', rows: 4, rowBytes: 4, home: 'arena' },
    { name: 'output', rows: 1, rowBytes: 4, home: 'output' },
  ],
  layers: [
    layer('a', 0, 1, 4),
    { ...layer('b', 1, 2, 4), inputs: [{ tensor: 1, window: rows, overlay }] },
    { ...layer('output', 2, 3, 1), inputs: [{ tensor: 2, window: { rows: 4, stride: 4, before: 0 } }] },
  ],
});

const layer = (name: string, tensor: number, output: number, steps: number) =>
  ({ name, inputs: [{ tensor, window: rows }], output, steps, makes: 'each', stateBytes: 0, scratchBytes: 0 }) as const;

describe('memoisedPlan', () => {
  it('gives the plan of the program, made once', () => {
    const plan = memoisedPlan(program(), 'search');
    expect(plan).toEqual(planRows(program(), 'search'));
    expect(memoisedPlan(program(), 'search')).toBe(plan);
  });

  it.each<[string, RowProgram, 'search' | 'layers']>([
    ['rows of another size', program(12), 'search'],
    ['an overlay', program(8, 0), 'search'],
    ['another goal', program(), 'layers'],
  ])('makes another one for %s', (_, other, goal) => {
    const plan = memoisedPlan(other, goal);
    expect(plan).toEqual(planRows(other, goal));
    expect(plan.arenaBytes).not.toBe(memoisedPlan(program(), 'search').arenaBytes);
  });

  it('forgets what was asked for longest ago', () => {
    const [first, second] = [memoisedPlan(program(100), 'search'), memoisedPlan(program(104), 'search')];
    for (let i = 0; i < 31; i++) memoisedPlan(program(200 + 4 * i), 'search');
    expect(memoisedPlan(program(104), 'search')).toBe(second);
    expect(memoisedPlan(program(100), 'search')).not.toBe(first);
  });
});
