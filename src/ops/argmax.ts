import { z } from 'zod';
import type { OpDefinition, Operand } from './op.js';
import { defineOp, vocabulary } from './shared/define.js';
import { wholeInput } from './shared/window.js';

const attributes = z.strictObject({});

function indexOfLargest(input: Operand): number {
  let best = 0;
  for (let i = 1; i < input.data.length; i++) if (input.data[i] > input.data[best]) best = i;
  return best;
}

export const argmax: OpDefinition = defineOp<z.infer<typeof attributes>>({
  kind: 'argmax',
  summary: 'index of the largest value, the first of equals, as int32',
  arity: 1,
  traits: { integerResult: true, int16: true },
  attributes,
  vocabulary: vocabulary(attributes, options => options, { optionsOptional: true }),
  inferShape: () => ({ height: 1, width: 1, channels: 1 }),
  rowWindows: (_site, [input]) => [wholeInput(input)],
  macs: () => 0,
  evaluate: (_node, [input]) => Float32Array.of(indexOfLargest(input)),
  reference: (_node, [input]) => Int32Array.of(indexOfLargest(input)),
  lower: node => ({ ...node, type: { dtype: 'i32', shape: node.type.shape } }),
});
