import type { Graph, GraphForm } from '../ir/graph.js';
import { verifyGraph } from '../ops/verify.js';
import { boundAccumulators } from './bound-accumulators.js';
import { dropIdentities } from './drop-identities.js';
import { dropUnread } from './drop-unread.js';
import { eliminateChannels, eliminateChannelsBy } from './eliminate-channels.js';
import { foldBatchNorm } from './fold-batch-norm.js';
import { foldFlatten } from './fold-flatten.js';
import { foldShuffle } from './fold-shuffle.js';
import { foldZeroPoints } from './fold-zero-points.js';
import { fuseActivation } from './fuse-activation.js';
import { fuseAffine } from './fuse-affine.js';
import { lowerChannelwise } from './lower-channelwise.js';
import type { FloatPass, IntegerPass, Pass } from './pass.js';

/** The passes on the float graph, in order. */
export const floatPasses: readonly FloatPass[] = [
  dropUnread,
  dropIdentities,
  foldFlatten,
  foldBatchNorm,
  fuseActivation,
  fuseAffine,
  lowerChannelwise,
  // A batch norm that has just become a depthwise convolution can fuse the activation after it.
  fuseActivation,
];

/** The passes that complete the integer graph when nodes have been lowered, in order: what kernels need to know of every linear op. */
export const loweringPasses: readonly IntegerPass[] = [boundAccumulators, foldZeroPoints];

/** The passes on the integer graph, in order. What they change is not in the quantised weights file, which is of the float graph. */
export const integerPasses: readonly IntegerPass[] = [foldShuffle];

/** Ways to make the integer graph smaller after those. Each target takes the one that suits its kernels, or none. */
export const reducingPasses: readonly IntegerPass[] = [eliminateChannels, ...[2, 4, 8, 16].map(eliminateChannelsBy)];

/** Runs passes one after the other, the verifier after each. */
export function runPasses<F extends GraphForm>(graph: Graph<F>, passes: readonly Pass<F>[]): Graph<F> {
  return passes.reduce<Graph<F>>((current, pass) => verifyGraph(pass.run(current), pass.name), graph);
}
