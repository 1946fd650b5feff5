import { describe, expect, it } from 'vitest';
import { limitsView } from '../../src/emit/limits.js';

const use = { entry: 'infer', inputBytes: 3072, inputRows: 32, outputBytes: 10 } as const;
const board = { owner: 'board', ramBytes: 16384, flashBytes: 262144 };

describe('the limits that the C asserts', () => {
  it('are none where nobody sets one', () => {
    expect(limitsView({}, undefined, use)).toEqual({ ram: null, flash: null, countsPushing: false });
  });

  it('are those of the user', () => {
    expect(limitsView({ ram: 8500, flash: 170000 }, undefined, use)).toMatchObject({
      ram: { bytes: 8500, from: '--max-ram' },
      flash: { bytes: 170000, from: '--max-flash' },
    });
  });

  it('leave room for what else a target has to hold', () => {
    const { ram, flash } = limitsView({}, board, use);
    expect(ram).toEqual({
      bytes: 16384 - 3072 - 10 - 516,
      from: '16384 of board, less 3072 for the input, 10 for the output, 516 for the stack',
    });
    expect(flash).toEqual({ bytes: 262144, from: 'all of board' });
  });

  it('are the smaller ones where both set some', () => {
    expect(limitsView({ ram: 8500, flash: 300000 }, board, use)).toMatchObject({
      ram: { bytes: 8500, from: '--max-ram' },
      flash: { bytes: 262144, from: 'all of board' },
    });
  });

  it('count a row of the input, and what is kept of it, where rows are pushed', () => {
    const { ram, countsPushing } = limitsView({}, board, { ...use, entry: 'push-row' });
    expect(ram?.bytes).toBe(16384 - 96 - 10 - 516);
    expect(countsPushing).toBe(true);
  });
});
