import type { OpKind } from '../ops/index.js';
import type { IsaFeature } from '../target/target.js';
import { genericArgmax } from './argmax/generic.js';
import {
  genericChannelShuffle,
  genericConcat,
  genericFlatten,
  genericPad,
  genericReshape,
  genericResize,
  genericSlice,
} from './copy/generic.js';
import { genericCurve } from './curve/generic.js';
import { dspAccumulatingDense, dspDense } from './dense/dsp.js';
import { accumulatingDense, genericDense } from './dense/generic.js';
import { mveAccumulatingDense, mveDense } from './dense/mve.js';
import { dspDepthwiseConv } from './depthwise/dsp.js';
import { genericDepthwiseConv } from './depthwise/generic.js';
import { mveDepthwiseConv } from './depthwise/mve.js';
import { mlaDepthwiseConv, thumb1DepthwiseConv } from './depthwise/swar.js';
import { dspConv, genericConv, mlaConv, mveConv, thumb1Conv } from './dot-product/conv.js';
import type { KernelVariant } from './kernel.js';
import { genericLookup } from './lookup/generic.js';
import { accumulatingMean, genericMean } from './mean/generic.js';
import { genericAdd, genericMul, genericSub } from './pair/generic.js';
import { dspMaxPool } from './pool/dsp.js';
import { accumulatingAvgPool, genericAvgPool, genericMaxPool } from './pool/generic.js';
import { mveMaxPool } from './pool/mve.js';
import { genericRescale } from './rescale/generic.js';
import { genericSoftmax, int16Softmax } from './softmax/generic.js';

/** The kernel variants of an op by the instruction set that they need. Portable C suits every target. */
type Variants = Readonly<Partial<Record<IsaFeature, KernelVariant>>> & {
  readonly generic: KernelVariant | readonly KernelVariant[];
};

interface OpKernels {
  /** Make an output row from rows of the inputs. */
  readonly rows: Variants;
  /** Take the rows of the one input one by one; the planner chooses between these and `rows`. */
  readonly accumulate?: Variants;
}

/** Ops without kernels: what the caller gives, and what passes replace before quantisation. */
type WithoutKernels = 'input' | 'batchNorm';

/** Which variants an op has on which instruction set. docs/adding-a-kernel.md says what a variant needs. */
const table: Readonly<Record<Exclude<OpKind, WithoutKernels>, OpKernels>> = {
  conv: { rows: { mve: mveConv, dsp: dspConv, thumb2: mlaConv, thumb1: thumb1Conv, generic: genericConv } },
  depthwiseConv: {
    rows: {
      mve: mveDepthwiseConv,
      dsp: dspDepthwiseConv,
      thumb2: mlaDepthwiseConv,
      thumb1: thumb1DepthwiseConv,
      generic: genericDepthwiseConv,
    },
  },
  dense: {
    rows: { mve: mveDense, dsp: dspDense, generic: genericDense },
    accumulate: { mve: mveAccumulatingDense, dsp: dspAccumulatingDense, generic: accumulatingDense },
  },
  maxPool: { rows: { mve: mveMaxPool, dsp: dspMaxPool, generic: genericMaxPool } },
  avgPool: { rows: { generic: genericAvgPool }, accumulate: { generic: accumulatingAvgPool } },
  mean: { rows: { generic: genericMean }, accumulate: { generic: accumulatingMean } },
  add: { rows: { generic: genericAdd } },
  sub: { rows: { generic: genericSub } },
  mul: { rows: { generic: genericMul } },
  concat: { rows: { generic: genericConcat } },
  slice: { rows: { generic: genericSlice } },
  channelShuffle: { rows: { generic: genericChannelShuffle } },
  pad: { rows: { generic: genericPad } },
  resize: { rows: { generic: genericResize } },
  reshape: { rows: { generic: genericReshape } },
  flatten: { rows: { generic: genericFlatten } },
  activation: { rows: { generic: genericLookup } },
  lookup: { rows: { generic: genericLookup } },
  rescale: { rows: { generic: genericRescale } },
  curve: { rows: { generic: genericCurve } },
  softmax: { rows: { generic: [int16Softmax, genericSoftmax] } },
  argmax: { rows: { generic: genericArgmax } },
};

/** The most able instruction set first: on one core, its variants are the fastest as a rule. */
const instructionSets = ['mve', 'dsp', 'thumb2', 'thumb1'] as const;

/** The kernel variants that an op has on a target, the fastest as a rule first; none for ops that become no C. */
export function kernelsOf(
  op: string,
  isa: readonly IsaFeature[],
): { readonly rows: readonly KernelVariant[]; readonly accumulate: readonly KernelVariant[] } {
  const kernels = Object.entries(table).find(([kind]) => kind === op)?.[1];
  const listed = (variants: Variants | undefined): readonly KernelVariant[] =>
    variants === undefined
      ? []
      : [
          ...instructionSets.filter(set => isa.includes(set)).flatMap(set => variants[set] ?? []),
          ...[variants.generic].flat(),
        ];
  return { rows: listed(kernels?.rows), accumulate: listed(kernels?.accumulate) };
}
