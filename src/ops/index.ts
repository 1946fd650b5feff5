import { activation } from './activation/index.js';
import { add } from './add/index.js';
import { argmax } from './argmax/index.js';
import { avgPool } from './avg-pool/index.js';
import { batchNorm } from './batch-norm/index.js';
import { conv } from './conv/index.js';
import { dense } from './dense/index.js';
import { depthwiseConv } from './depthwise-conv/index.js';
import { flatten } from './flatten/index.js';
import { input } from './input/index.js';
import { maxPool } from './max-pool/index.js';
import type { OpDefinition } from './op.js';
import { softmax } from './softmax/index.js';

/** Every op that effnetc knows, a row each. docs/adding-an-op.md says what a row needs. */
const rows: readonly OpDefinition[] = [
  input,
  conv,
  depthwiseConv,
  dense,
  maxPool,
  avgPool,
  add,
  activation,
  batchNorm,
  flatten,
  softmax,
  argmax,
];

/** The op table by kind. */
export const opTable: ReadonlyMap<string, OpDefinition> = new Map(rows.map(op => [op.kind, op]));
