import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowWindow } from '../../src/ops/op.js';
import { LiveMemory } from '../../src/plan/live-memory.js';
import { demandDriven, layerByLayer, liveCurve, orderOf, peakOf } from '../../src/plan/orders.js';
import { planRows, type RowPlan } from '../../src/plan/plan-rows.js';
import { cutAtInputRows } from '../../src/plan/pushing.js';
import { type RowLayer, type RowProgram, rowsRead } from '../../src/plan/row-program.js';
import { searchOrder } from '../../src/plan/search.js';
import { shadowRun } from '../../src/plan/shadow.js';
import { rowProgram } from './random-program.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';
const runs = (count: number): { numRuns: number } => ({ numRuns: exhaustive ? 10 * count : count });

/** Where the placement of an order depended on what was placed before it, and was worse than the demand-driven one. */
const oncePlacedWorse: RowProgram = {
  tensors: [
    { name: 't0', rows: 11, rowBytes: 1, home: 'input' },
    { name: 't1', rows: 6, rowBytes: 25, home: 'arena' },
    { name: 't2', rows: 2, rowBytes: 33, home: 'arena' },
    { name: 't3', rows: 4, rowBytes: 5, home: 'arena' },
    { name: 't4', rows: 2, rowBytes: 1, home: 'output' },
  ],
  layers: [
    windowed('l0', 0, { rows: 1, stride: 2, before: 0 }, 1, 6, 0),
    windowed('l1', 1, { rows: 4, stride: 2, before: 0 }, 2, 2, 5, 9),
    windowed('l2', 1, { rows: 4, stride: 2, before: 3 }, 3, 4, 9),
    windowed('l3', 3, { rows: 3, stride: 3, before: 2 }, 4, 2, 0),
  ],
};

/** A layer with one input and a step for each row of its output. */
function windowed(
  name: string,
  tensor: number,
  window: RowWindow,
  output: number,
  steps: number,
  scratchBytes: number,
  overlay?: number,
): RowLayer {
  return { name, inputs: [{ tensor, window, overlay }], output, steps, makes: 'each', stateBytes: 0, scratchBytes };
}

describe('plans of random programs', () => {
  it.each(['search', 'demand', 'layers'] as const)(
    'hold under shadow memory: %s',
    goal => {
      fc.assert(
        fc.property(rowProgram({ min: 1, max: 9, rows: 14 }), program => {
          expect(shadowRun(planRows(program, goal))).toBeUndefined();
        }),
        runs(1000),
      );
    },
    300_000,
  );

  it('need no more than the better of the two standard orders, and no less than what is proven', () => {
    fc.assert(
      fc.property(rowProgram({ min: 1, max: 8, rows: 12 }), program => {
        const plan = planRows(program);
        const standard = Math.min(planRows(program, 'demand').arenaBytes, planRows(program, 'layers').arenaBytes);
        expect(plan.arenaBytes).toBeLessThanOrEqual(standard);
        expect(plan.arenaBytes).toBeGreaterThanOrEqual(plan.leastBytes);
      }),
      { ...runs(200), examples: [[oncePlacedWorse]] },
    );
  }, 300_000);

  it('are the same at every call', () => {
    fc.assert(
      fc.property(rowProgram({ min: 3, max: 9, rows: 14 }), program => {
        expect(planRows(program)).toEqual(planRows(program));
      }),
      runs(30),
    );
  }, 300_000);
});

/** The least peak over all orders, by looking at every state. */
function leastPeak(program: RowProgram): number {
  const memory = new LiveMemory(program);
  const known = new Map<string, number>();
  const visit = (counts: Int32Array, live: number): number => {
    const key = counts.join();
    const before = known.get(key);
    if (before !== undefined) return before;
    let least = Number.POSITIVE_INFINITY;
    for (let l = 0; l < program.layers.length; l++) {
      if (!memory.enabled(counts, l)) continue;
      const { during, after } = memory.change(counts, l);
      const next = counts.slice();
      next[l]++;
      least = Math.min(least, Math.max(live + during, visit(next, live + after)));
    }
    const result = least === Number.POSITIVE_INFINITY ? 0 : least;
    known.set(key, result);
    return result;
  };
  return visit(memory.start(), 0);
}

describe('searchOrder', () => {
  it('finds the least peak of all orders, and proves it', () => {
    fc.assert(
      fc.property(rowProgram({ min: 2, max: 5, rows: 6 }), program => {
        const memory = new LiveMemory(program);
        const found = searchOrder(memory, [demandDriven(program), layerByLayer(program)], 100_000);
        const least = leastPeak(program);
        expect(peakOf(memory, found.order)).toBe(found.peak);
        expect(found.peak).toBe(least);
        expect(found.lowerBound).toBe(least);
      }),
      runs(400),
    );
  }, 300_000);

  it('keeps to what it was given when it may not look at anything', () => {
    fc.assert(
      fc.property(rowProgram({ min: 2, max: 6, rows: 8 }), program => {
        const memory = new LiveMemory(program);
        const known = [demandDriven(program), layerByLayer(program)];
        const found = searchOrder(memory, known, 0);
        expect(peakOf(memory, found.order)).toBeLessThanOrEqual(Math.min(...known.map(o => peakOf(memory, o))));
        expect(found.lowerBound).toBeLessThanOrEqual(leastPeak(program));
      }),
      runs(100),
    );
  }, 300_000);
});

/** Live bytes during each step, from the definition: a row lives from where it is made to where it is last read. */
function plainCurve(plan: RowPlan): Float64Array {
  const curve = new Float64Array(plan.steps.length);
  for (const { bytes, from, to } of plan.buffers.blocks) for (let t = from; t <= to; t++) curve[t] += bytes;
  return curve;
}

describe('live bytes', () => {
  it('are the sum of the buffers that live, where none may share bytes', () => {
    const apart = rowProgram({ min: 1, max: 8, rows: 12 }).map(program => ({
      ...program,
      layers: program.layers.map(l => ({ ...l, inputs: l.inputs.map(i => ({ ...i, overlay: undefined })) })),
    }));
    fc.assert(
      fc.property(apart, fc.constantFrom('search', 'demand', 'layers'), (program, goal) => {
        const plan = planRows(program, goal);
        expect(liveCurve(new LiveMemory(program), orderOf(plan.steps))).toEqual(plainCurve(plan));
        expect(plan.boundBytes).toBe(Math.max(...plainCurve(plan)));
      }),
      runs(200),
    );
  }, 300_000);
});

describe('cuts at input rows', () => {
  it('do a step as soon as its input rows are there, and keep exactly the rows that are read later', () => {
    fc.assert(
      fc.property(rowProgram({ min: 1, max: 8, rows: 12 }), program => {
        const plan = planRows(program, 'demand');
        const { stepsAfter, keptRows } = cutAtInputRows(plan);
        const { rows } = program.tensors[0];
        let kept = 1;
        for (let handedIn = 1; handedIn <= rows; handedIn++) {
          for (let s = stepsAfter[handedIn - 1]; s < stepsAfter[handedIn]; s++) {
            const { layer, index } = plan.steps[s];
            for (const { tensor, window } of program.layers[layer].inputs) {
              if (tensor !== 0) continue;
              const [first, end] = rowsRead(window, index, rows);
              if (first === end) continue;
              expect(end).toBeLessThanOrEqual(handedIn);
              kept = Math.max(kept, handedIn - first);
            }
          }
        }
        expect(stepsAfter[rows]).toBe(plan.steps.length);
        expect(keptRows).toBe(kept);
      }),
      runs(300),
    );
  }, 300_000);

  it('leave nothing to the end that reads an input row, where none is kept', () => {
    fc.assert(
      fc.property(rowProgram({ min: 1, max: 8, rows: 12 }), program => {
        const plan = planRows(program, 'demand');
        const { keptRows, stagedBytes, outputFrom } = cutAtInputRows(plan);
        // Where output rows wait in memory, all steps are done when the last row is handed in.
        if (keptRows > 1 || stagedBytes > 0) return;
        for (const { layer, index } of plan.steps.slice(outputFrom)) {
          for (const { tensor, window } of program.layers[layer].inputs) {
            const [first, end] = rowsRead(window, index, program.tensors[tensor].rows);
            if (tensor === 0) expect(first).toBe(end);
          }
        }
      }),
      runs(300),
    );
  }, 300_000);
});
