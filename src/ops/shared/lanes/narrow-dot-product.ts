import type { NarrowBits } from '../../../ir/tensor.js';
import type { ConstantTable, KernelPlan } from '../../kernel.js';
import { packNarrow, packOf, packs, widthName } from '../narrow.js';
import type { LanesDotProductView } from './dot-product.js';

/** What `kernels/dot-product/lanes` reads besides, where weights are narrow; zeros where they are not. */
export interface NarrowLanesView {
  readonly narrow: boolean;
  readonly bits: number;
  /** Packs of weights of a block, and the words that they have in flash. */
  readonly packs: number;
  readonly packedWords: number;
  /** Where in the scratch they are as bytes: behind pixels and sums. */
  readonly weightsOffset: number;
}

export const wholeBytes: NarrowLanesView = { narrow: false, bits: 8, packs: 0, packedWords: 0, weightsOffset: 0 };

/**
 * The kernel for weights of few bits, made from that for int8: the weights of a block of channels are unpacked into scratch for
 * each tile, whose 4 or 8 positions share them.
 */
export function narrowLanesPlan(plan: KernelPlan, view: LanesDotProductView, bits: NarrowBits): KernelPlan {
  const { work: _, scratchBytes = 0, tables, ...rest } = plan;
  const [weights, ...others] = tables;
  const blockBytes = view.block + view.nextBlock;
  const pack = packOf(bits);
  const perBlock = Math.ceil(blockBytes / pack.values);
  const weightsOffset = 4 * Math.ceil(scratchBytes / 4);
  const narrow: NarrowLanesView = {
    narrow: true,
    bits,
    packs: perBlock,
    packedWords: perBlock * pack.words,
    weightsOffset,
  };
  return {
    ...rest,
    view: { ...view, ...narrow },
    tables: [packedBlocks(weights, blockBytes, bits), ...others],
    helpers: [...plan.helpers, `bytes-of-${bits}`, `unpack-${bits}`],
    scratchBytes: weightsOffset + perBlock * pack.values,
    form: `${plan.form}, ${widthName(bits)}`,
  };
}

function packedBlocks(
  { suffix, kind, layout, values }: ConstantTable,
  blockBytes: number,
  bits: NarrowBits,
): ConstantTable {
  const bytes = Int8Array.from(values);
  const words: number[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes)
    words.push(...packNarrow(bytes.subarray(at, at + blockBytes), bits));
  const text = `${layout.replace(', a line per tap', '')}, ${packs(bits)}`;
  return { suffix, kind, ctype: 'uint32_t', values: words, perLine: 8, layout: text, packed: true, narrow: bits };
}
