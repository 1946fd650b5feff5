import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/ir/graph.js';
import type { Candidate, LayerCandidates } from '../../src/select/candidates.js';
import { whyChosen, whyNot } from '../../src/select/choose.js';

const node: Node = {
  name: 'a',
  op: 'conv',
  attributes: {},
  inputs: [],
  constants: {},
  type: { dtype: 'i8', shape: { height: 1, width: 1, channels: 1 } },
};

function candidate(
  name: string,
  instructions: number | undefined,
  more: { forSpeed?: true; sumsBytes?: number } = {},
): Candidate {
  const plan = { functionName: name, template: '', label: '', view: {}, tables: [], helpers: [], ...more };
  return { name, plan, cost: { instructions, codeBytes: 10, tableBytes: 20, workBytes: 0 } };
}

const layer = (rows: Candidate[], accumulate: Candidate[] = []): LayerCandidates => ({
  node,
  rows,
  accumulate,
  refused: [],
});
const nothing = () => undefined;

describe('why a kernel was taken', () => {
  const [fast, slow] = [candidate('fast', 200), candidate('slow', 500)];

  it('names what it was best at', () => {
    expect(whyChosen(layer([slow, fast]), fast, 'balanced', nothing)).toBe('fewest instructions');
    expect(whyChosen(layer([slow, fast]), fast, 'balanced', ({ name }) => (name === 'fast' ? 7 : undefined))).toBe(
      'fewest instructions, measured',
    );
    expect(whyChosen(layer([slow, fast]), fast, 'size', nothing)).toBe('fewest bytes of code and tables for its speed');
    expect(whyChosen(layer([fast]), fast, 'balanced', nothing)).toBe('the only one that suits');
  });

  it('says so where nothing is known, and where memory decided', () => {
    const unknown = candidate('unknown', undefined);
    expect(whyChosen(layer([unknown, slow]), unknown, 'balanced', nothing)).toMatch(/^the first of its kind/);
    expect(whyChosen(layer([slow, fast]), slow, 'ram', nothing)).toBe('less RAM of the whole plan');
    const sums = candidate('sums', 900, { sumsBytes: 40 });
    expect(whyChosen(layer([fast], [sums]), sums, 'balanced', nothing)).toBe(
      'less RAM as sums; the only one that suits',
    );
  });

  it('says by how much another would be slower, and what it is for', () => {
    expect(whyNot(slow, fast, 'balanced', nothing)).toBe('2.50 x');
    expect(whyNot(candidate('wide', 100, { forSpeed: true }), fast, 'balanced', nothing)).toMatch(/--optimize speed/);
  });
});
