import { InternalError } from '../diagnostics/diagnostic.js';
import type { Node } from '../ir/graph.js';
import { activation } from './activation.js';
import { argmax } from './argmax.js';
import { batchNorm } from './batch-norm.js';
import { channelShuffle } from './channel-shuffle.js';
import { concat } from './concat.js';
import { conv } from './conv/index.js';
import { curve } from './curve.js';
import { dense } from './dense.js';
import { depthwiseConv } from './depthwise-conv/index.js';
import { flatten } from './flatten.js';
import { input } from './input.js';
import { lookup } from './lookup.js';
import { mean } from './mean.js';
import { mul } from './mul.js';
import type { OpDefinition } from './op.js';
import { pad } from './pad.js';
import { avgPool, maxPool } from './pool.js';
import { rescale } from './rescale/index.js';
import { reshape } from './reshape.js';
import { resize } from './resize.js';
import { slice } from './slice.js';
import { softmax } from './softmax/index.js';
import { add, sub } from './sum.js';

/** Every op that effnetc knows. docs/adding-an-op.md says what an op needs. */
const ops = {
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
  resize,
  reshape,
  activation,
  batchNorm,
  lookup,
  rescale,
  curve,
  flatten,
  softmax,
  argmax,
} satisfies Readonly<Record<string, OpDefinition>>;

/** The kinds of ops. */
export type OpKind = keyof typeof ops;

/** The op table by kind. */
export const opTable: ReadonlyMap<string, OpDefinition> = new Map(Object.entries(ops));

/** The op of a node. @throws InternalError where there is none: the verifier refuses such nodes before */
export function opOf({ op: kind }: Pick<Node, 'op'>): OpDefinition {
  const op = opTable.get(kind);
  if (op === undefined) throw new InternalError(`no op '${kind}'`);
  return op;
}
