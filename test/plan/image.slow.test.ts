import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arenaStart, consuming, freedBytes } from '../../src/plan/image.js';
import { LiveMemory } from '../../src/plan/live-memory.js';
import { liveCurve, orderOf } from '../../src/plan/orders.js';
import { planRows } from '../../src/plan/plan-rows.js';
import type { RowProgram } from '../../src/plan/row-program.js';
import { shadowRun } from '../../src/plan/shadow.js';
import { rowProgram } from './random-program.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';
const runs = (count: number): { numRuns: number } => ({ numRuns: exhaustive ? 10 * count : count });

describe('plans that overwrite the image', () => {
  it.each(['search', 'demand', 'layers'] as const)(
    'hold under shadow memory, also with rows that are no whole words: %s',
    goal => {
      fc.assert(
        fc.property(rowProgram({ min: 1, max: 9, rows: 14 }), program => {
          expect(shadowRun(planRows(consuming(program), goal))).toBeUndefined();
        }),
        runs(400),
      );
    },
    300_000,
  );

  it('need no less than what is proven', () => {
    fc.assert(
      fc.property(rowProgram({ min: 1, max: 4, rows: 5 }), program => {
        const plan = planRows(consuming(program));
        expect(plan.arenaBytes).toBeGreaterThanOrEqual(plan.leastBytes);
        expect(plan.imageBytes).toBe(4 * Math.ceil((program.tensors[0].rows * program.tensors[0].rowBytes) / 4));
      }),
      runs(400),
    );
  }, 300_000);

  it('count as live what lies in image and arena, where rows are whole words that nobody shares', () => {
    const words = rowProgram({ min: 1, max: 8, rows: 12 }).map((program): RowProgram => {
      const tensors = program.tensors.map(t => ({ ...t, rowBytes: 4 * t.rowBytes }));
      const layers = program.layers.map(l => ({
        ...l,
        inputs: l.inputs.map(({ tensor, window }) => ({ tensor, window })),
      }));
      return consuming({ tensors, layers });
    });
    fc.assert(
      fc.property(words, fc.constantFrom('search', 'demand', 'layers'), (program, goal) => {
        const { steps, buffers } = planRows(program, goal);
        const plain = steps.map((_, time) =>
          buffers.blocks.reduce((sum, { from, to, bytes }) => sum + (from <= time && time <= to ? bytes : 0), 0),
        );
        expect([...liveCurve(new LiveMemory(program), orderOf(steps))]).toEqual(plain);
      }),
      runs(200),
    );
  }, 300_000);
});

describe('freedBytes', () => {
  it('is no less than the words that no living row touches, and just these where rows die from the top', () => {
    const image = fc.record({
      rowBytes: fc.integer({ min: 1, max: 13 }),
      dead: fc.array(fc.boolean(), { minLength: 1 }),
    });
    fc.assert(
      fc.property(image, ({ rowBytes, dead }) => {
        const words = Math.floor((dead.length * rowBytes) / 4);
        const free = Array.from({ length: words }, (_, w) =>
          [0, 1, 2, 3].every(byte => dead[Math.floor((4 * w + byte) / rowBytes)]),
        );
        const leaves = 4 * free.filter(Boolean).length;
        const freed = dead.reduce((sum, isDead, row) => sum + (isDead ? freedBytes(row, rowBytes) : 0), 0);
        // A lower bound on what is live must not count too little as free.
        expect(freed).toBeGreaterThanOrEqual(leaves);
        if (dead.lastIndexOf(true) < dead.indexOf(false)) expect(freed).toBe(leaves);
      }),
      runs(1000),
    );
  });
});

describe('arenaStart', () => {
  it('is a word after the image, and 0 where the image is only read', () => {
    const [program] = fc.sample(rowProgram({ min: 1, max: 1, rows: 1 }), { numRuns: 1, seed: 1 });
    const { rowBytes } = program.tensors[0];
    expect(arenaStart(program)).toBe(0);
    expect(arenaStart(consuming(program))).toBe(4 * Math.ceil(rowBytes / 4));
  });
});
