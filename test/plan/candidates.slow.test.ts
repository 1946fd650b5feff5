import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutOrder, findOrder, greedyOrder } from '../../src/plan/candidates.js';
import { LiveMemory } from '../../src/plan/live-memory.js';
import { demandDriven, layerByLayer, type Order, peakOf } from '../../src/plan/orders.js';
import { apart } from './least-bound.js';
import { mixNetS } from './networks.js';
import { rowProgram } from './random-program.js';

/** Both as orders of row programs that may share bytes. */
const heuristics: readonly (readonly [string, (memory: LiveMemory) => Order])[] = [
  ['greedy', greedyOrder],
  ['with cuts', cutOrder],
];

describe.each(heuristics)('the order %s', (_, make) => {
  it('does every step once, none before what it needs', () => {
    fc.assert(
      fc.property(rowProgram({ min: 1, max: 9, rows: 12 }), program => {
        const memory = new LiveMemory(program);
        const order = make(memory);
        // peakOf throws where a step comes too early.
        peakOf(memory, order);
        for (const [l, { steps }] of program.layers.entries()) expect(order.filter(at => at === l).length).toBe(steps);
      }),
      { numRuns: 300 },
    );
  });
});

describe('findOrder', () => {
  it('is never worse than what it knows, also without a search', () => {
    fc.assert(
      fc.property(rowProgram({ min: 2, max: 9, rows: 12 }), fc.constantFrom(0, 200, 100_000), (program, looks) => {
        const memory = new LiveMemory(program);
        const known = [demandDriven(program), layerByLayer(program)];
        const found = findOrder(memory, known, looks);
        expect(found.peak).toBe(peakOf(memory, found.order));
        expect(found.peak).toBeLessThanOrEqual(Math.min(...known.map(order => peakOf(memory, order))));
        expect(found.lowerBound).toBeLessThanOrEqual(found.peak);
      }),
      { numRuns: 200 },
    );
  });

  it('is often better than both standard orders without a search', () => {
    let better = 0;
    fc.assert(
      fc.property(rowProgram({ min: 5, max: 9, rows: 12 }), program => {
        const memory = new LiveMemory(program);
        const known = [demandDriven(program), layerByLayer(program)];
        const standard = Math.min(...known.map(order => peakOf(memory, order)));
        if (findOrder(memory, known, 0).peak < standard) better++;
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(better).toBeGreaterThan(20);
  });

  /**
   * Where most is live in MixNet-S: the input of a block, 28 rows of 1120 bytes, is kept for the sum at its end; its expanded
   * and filtered rows, 28 of 6720 bytes, are all needed for the mean; the last of these is made of three expanded rows. No
   * order can do with less. (With rows that share bytes: the last one lies over one of the three, but for 480 bytes.)
   */
  it('finds the least that any order of MixNet-S can have, which is too large to be searched', () => {
    const program = mixNetS();
    const known = [demandDriven(program), layerByLayer(program)];
    const least = (28 + 3) * 6720 + 28 * 1120;
    expect(findOrder(new LiveMemory(apart(program)), known, 0).peak).toBe(least);
    expect(findOrder(new LiveMemory(program), known, 0).peak).toBe(least - 6720 + 480);
    expect(peakOf(new LiveMemory(apart(program)), known[0])).toBeGreaterThan(least);
  }, 60_000);
});
