import { activation } from './activation/index.js';
import { add } from './add/index.js';
import { argmax } from './argmax/index.js';
import { avgPool } from './avg-pool/index.js';
import { batchNorm } from './batch-norm/index.js';
import { channelShuffle } from './channel-shuffle/index.js';
import { concat } from './concat/index.js';
import { conv } from './conv/index.js';
import { curve } from './curve/index.js';
import { dense } from './dense/index.js';
import { depthwiseConv } from './depthwise-conv/index.js';
import { flatten } from './flatten/index.js';
import { input } from './input/index.js';
import { lookup } from './lookup/index.js';
import { maxPool } from './max-pool/index.js';
import { mean } from './mean/index.js';
import { mul } from './mul/index.js';
import type { OpDefinition } from './op.js';
import { pad } from './pad/index.js';
import { rescale } from './rescale/index.js';
import { reshape } from './reshape/index.js';
import { slice } from './slice/index.js';
import { softmax } from './softmax/index.js';
import { sub } from './sub/index.js';

/** Every op that effnetc knows, a row each. docs/adding-an-op.md says what a row needs. */
const rows: readonly OpDefinition[] = [
  input,
  conv,
  depthwiseConv,
  dense,
  maxPool,
  avgPool,
  mean,
  add,
  sub,
  mul,
  concat,
  slice,
  channelShuffle,
  pad,
  reshape,
  activation,
  batchNorm,
  lookup,
  rescale,
  curve,
  flatten,
  softmax,
  argmax,
];

/** The op table by kind. */
export const opTable: ReadonlyMap<string, OpDefinition> = new Map(rows.map(op => [op.kind, op]));
