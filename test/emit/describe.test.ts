import { expect, it } from 'vitest';
import { layerFacts } from '../../src/emit/describe.js';
import type { Node } from '../../src/ir/graph.js';
import type { KernelPlan } from '../../src/kernels/kernel.js';

const type = { dtype: 'f32', shape: { height: 1, width: 1, channels: 1 } } as const;
const node: Node = { name: 'fc', op: 'dense', inputs: ['x'], attributes: {}, constants: {}, type };
const plan: KernelPlan = {
  functionName: 'dense',
  template: 'kernels/dense',
  label: 'generic',
  view: {},
  tables: [],
  helpers: [],
};
const facts = (bounds: Partial<KernelPlan>) =>
  Object.fromEntries(
    layerFacts(node, [type], { ...plan, ...bounds }, 0, { label: 'in arena', text: '' }).map(({ label, text }) => [
      label,
      text,
    ]),
  );

it('tells the bound of the accumulator, and what a shift makes of it', () => {
  expect(facts({ accumulatorBound: 93681 })).toMatchObject({ '|acc|': 'at most 93681, 18 bits of 32' });
  const shiftedAccumulator = { shift: 2, bound: 374724, channel: 12, factor: 1.73456 };
  expect(facts({ accumulatorBound: 93681, shiftedAccumulator })).toMatchObject({
    '|acc|': 'at most 93681, 18 bits of 32',
    shifted: 'left by 2 for the factor 1.735 of channel 12: at most 374724, 20 bits',
  });
  expect(facts({ accumulatorBound: 93681 })).not.toHaveProperty('shifted');
});
