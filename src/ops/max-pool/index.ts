import type { Node } from '../../ir/graph.js';
import type { OpDefinition, Operand } from '../op.js';
import { defineOp } from '../shared/define.js';
import { type PoolAttributes, pool, poolShape, poolVocabulary } from '../shared/pool.js';
import { dspMaxPool } from './dsp.js';
import { genericMaxPool } from './generic.js';
import { mveMaxPool } from './mve.js';

const compute = (node: Node<PoolAttributes>, [input]: readonly Operand[]) =>
  pool(node, input, Number.NEGATIVE_INFINITY, Math.max, largest => largest);

export const maxPool: OpDefinition = defineOp<PoolAttributes>({
  kind: 'maxPool',
  summary: 'the largest value of each window and channel; padding never wins',
  traits: { keepsQuantisation: true, scalesByChannel: true, wide: true },
  vocabulary: poolVocabulary,
  ...poolShape,
  evaluate: (node, inputs) => Float32Array.from(compute(node, inputs)),
  reference: compute,
  kernels: [mveMaxPool, dspMaxPool, genericMaxPool],
});
