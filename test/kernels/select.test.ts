import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/select/candidates.js';
import { ranked } from '../../src/select/choose.js';

interface Facts {
  readonly instructions?: number;
  readonly codeBytes?: number;
  readonly tableBytes?: number;
  readonly forSpeed?: true;
}

function candidate(name: string, facts: Facts): Candidate {
  const { instructions, codeBytes, tableBytes = 0, forSpeed } = facts;
  const plan = {
    functionName: name,
    template: '',
    label: '',
    view: {},
    tables: [],
    helpers: [],
    ...(forSpeed ? { forSpeed } : {}),
  };
  return { name, plan, cost: { instructions, codeBytes, tableBytes, workBytes: 0 } };
}

const names = (list: readonly Candidate[]) => list.map(({ name }) => name);

describe('the order of kernels', () => {
  const slow = candidate('slow', { instructions: 900, codeBytes: 10, tableBytes: 100 });
  const fast = candidate('fast', { instructions: 300, codeBytes: 90, tableBytes: 320 });
  const wide = candidate('wide', { instructions: 200, codeBytes: 90, tableBytes: 220, forSpeed: true });

  it('is that of instructions; larger weights are for speed alone', () => {
    expect(names(ranked([slow, fast, wide], 'balanced'))).toEqual(['fast', 'slow']);
    expect(names(ranked([slow, fast, wide], 'speed'))).toEqual(['wide', 'fast', 'slow']);
  });

  it('is that of code and tables for size, of which a kernel may have more if it is faster', () => {
    // 110 bytes; half of the instructions are worth 256 bytes and 2 in a hundred: 258.
    const half = (bytes: number) => candidate('half', { instructions: 450, codeBytes: 10, tableBytes: bytes - 10 });
    expect(names(ranked([half(368), slow], 'size'))).toEqual(['half', 'slow']);
    expect(names(ranked([half(369), slow], 'size'))).toEqual(['slow', 'half']);
    // An eighth: three times as much.
    const eighth = (bytes: number) => candidate('eighth', { instructions: 112.5, tableBytes: bytes, codeBytes: 0 });
    expect(names(ranked([slow, eighth(110 + 3 * 258)], 'size'))).toEqual(['eighth', 'slow']);
    expect(names(ranked([slow, eighth(111 + 3 * 258)], 'size'))).toEqual(['slow', 'eighth']);
    const same = candidate('same', { instructions: 200, codeBytes: 90, tableBytes: 320 });
    expect(names(ranked([fast, same], 'size'))).toEqual(['same', 'fast']);
  });

  it('is that of the variants as soon as one has no prediction', () => {
    const unknown = candidate('unknown', { tableBytes: 10 });
    expect(names(ranked([unknown, slow, fast], 'balanced'))).toEqual(['unknown', 'slow', 'fast']);
  });

  it('believes what was measured more than what was predicted', () => {
    const measured = ({ name }: Candidate) => (name === 'slow' ? 250 : undefined);
    expect(names(ranked([fast, slow], 'balanced', measured))).toEqual(['slow', 'fast']);
  });
});
