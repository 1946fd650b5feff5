import type { KernelPlan } from '../kernel.js';
import { type BlockPacking, type BlockPackingView, packingView } from '../packing/blocks.js';
import { moreWork } from '../packing/sparse.js';
import { tableOf } from '../requantise/generic.js';

/** What `kernels/dot-product/swar` reads besides, where weights are packed; nothing that counts where they are not. */
export interface SubByteSwarView extends BlockPackingView {
  readonly narrow: boolean;
  /** Where in the scratch they are as bytes: after pixels and sums. */
  readonly weightsOffset: number;
}

export const wholeBytes: SubByteSwarView = {
  narrow: false,
  unpack: '',
  walks: false,
  packs: 0,
  packedWords: 0,
  packedType: 'uint32_t',
  weightsOffset: 0,
};

/** What counts of the kernel for int8. */
interface TiledView {
  readonly block: number;
  readonly nextBlock: number;
  readonly outputWidth: number;
  readonly pixels: number;
}

/**
 * The kernel for weights that are packed, made from that for int8: the weights of a block of channels are unpacked into scratch for
 * each tile, whose 4 or 8 positions share them.
 */
export function subByteSwarPlan(plan: KernelPlan, view: TiledView, packing: BlockPacking, height: number): KernelPlan {
  const { work, scratchBytes = 0, tables, ...rest } = plan;
  const weights = tableOf(tables, 'weights');
  const blockBytes = view.block + view.nextBlock;
  const packed = packingView(packing, blockBytes);
  const weightsOffset = 4 * Math.ceil(scratchBytes / 4);
  const narrow: SubByteSwarView = { ...packed, narrow: true, weightsOffset };
  const bytes = Int8Array.from(weights.values);
  const unpacking = packing.instructions(bytes);
  const tiles = height * Math.ceil(view.outputWidth / view.pixels);
  return {
    ...rest,
    view: { ...view, ...narrow },
    tables: [packing.table(weights, bytes, blockBytes), ...tables.slice(1)],
    helpers: [...plan.helpers, ...packing.helpers],
    scratchBytes: weightsOffset + packed.packs * packing.unitWeights,
    ...(unpacking === undefined ? {} : moreWork(work, tiles * unpacking)),
    configuration: `${plan.configuration}, ${packing.configuration}`,
  };
}
