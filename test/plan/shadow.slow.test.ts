import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRows } from '../../src/plan/plan-rows.js';
import type { RowLayer, RowProgram } from '../../src/plan/row-program.js';
import { shadowRun } from '../../src/plan/shadow.js';
import { rowProgram } from './random-program.js';

const same = { rows: 1, stride: 1, before: 0 };
const layer = (name: string, output: number, overlay?: number): RowLayer => ({
  name,
  inputs: [{ tensor: output - 1, window: same, overlay }],
  output,
  steps: 2,
  makes: 'each',
  stateBytes: 0,
  scratchBytes: 0,
});
const chain = (overlay?: number): RowProgram => ({
  tensors: [
    { name: 'in', rows: 2, rowBytes: 8, home: 'input' },
    { name: 'a', rows: 2, rowBytes: 8, home: 'arena' },
    { name: 'b', rows: 2, rowBytes: 8, home: 'arena' },
    { name: 'out', rows: 2, rowBytes: 8, home: 'output' },
  ],
  layers: [layer('first', 1), layer('second', 2, overlay), layer('third', 3)],
});

describe('shadowRun', () => {
  const plan = planRows(chain(), 'layers');

  it('accepts a sound plan', () => {
    expect(plan.arenaBytes).toBe(24);
    expect(shadowRun(plan)).toBeUndefined();
  });

  it('finds a row that another one overwrites before it is read', () => {
    const offsets = plan.offsets.slice();
    offsets[plan.buffers.rows[1][1]] = offsets[plan.buffers.rows[1][0]];
    expect(shadowRun({ ...plan, offsets })?.message).toBe('row 0 of a was overwritten before it is read');
  });

  it('finds an output over the row that it is made of, unless the kernel allows it', () => {
    const over = (program: RowProgram, shift: number) => {
      const base = planRows(program, 'layers');
      const offsets = base.offsets.map(offset => offset + 8);
      offsets[base.buffers.rows[2][0]] = offsets[base.buffers.rows[1][0]] - shift;
      offsets[base.buffers.rows[2][1]] = 40;
      return shadowRun({ ...base, offsets, arenaBytes: 48 })?.message;
    };
    expect(over(chain(), 0)).toBe('2:0 lies over 1:0, which it reads');
    expect(over(chain(0), 0)).toBeUndefined();
    expect(over(chain(4), 0)).toBe('2:0 lies over 1:0, which it reads');
    expect(over(chain(4), 4)).toBeUndefined();
  });

  it('finds steps that are missing, repeated, too early, and rows outside of the arena', () => {
    const { steps } = plan;
    expect(shadowRun({ ...plan, steps: steps.slice(0, -1) })?.message).toBe('does not do all its steps');
    expect(shadowRun({ ...plan, steps: [steps[0], steps[0]] })?.message).toBe('is step 0 where 1 is due');
    expect(shadowRun({ ...plan, steps: [steps[2], ...steps] })?.message).toBe('reads row 0 of a before it is made');
    expect(shadowRun({ ...plan, arenaBytes: 20 })?.message).toMatch(/is not in the arena/);
  });

  it('is tried on windows taller than what they read, beside all others', () => {
    const windows = fc
      .sample(rowProgram({ min: 3, max: 8, rows: 10 }), { numRuns: 200, seed: 1 })
      .flatMap(({ layers, tensors }) =>
        layers.flatMap(({ inputs }) => inputs.map(({ tensor, window }) => window.rows - tensors[tensor].rows)),
      );
    expect(windows.filter(more => more > 0).length).toBeGreaterThan(windows.length / 20);
    expect(windows.filter(more => more <= 0).length).toBeGreaterThan(windows.length / 4);
  });

  it('sees most random damage: a block moved by a word', () => {
    let seen = 0;
    let tried = 0;
    fc.assert(
      fc.property(rowProgram({ min: 3, max: 8, rows: 10 }), fc.nat(), (program, pick) => {
        const sound = planRows(program);
        if (sound.offsets.length === 0 || sound.arenaBytes < 16) return;
        const offsets = sound.offsets.slice();
        const block = pick % offsets.length;
        offsets[block] += offsets[block] >= 4 ? -4 : 4;
        tried++;
        if (shadowRun({ ...sound, offsets }) !== undefined) seen++;
      }),
      { numRuns: 300, seed: 1 },
    );
    // Where there is a gap, a move by a word does no harm.
    expect(seen).toBeGreaterThan(tried / 2);
  });
});
