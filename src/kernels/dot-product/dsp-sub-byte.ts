import type { Node } from '../../ir/graph.js';
import type { LinearAttributes } from '../../ops/shared/linear-attributes.js';
import type { KernelInput, KernelPlan } from '../kernel.js';
import {
  type BlockPacking,
  type BlockPackingView,
  packingView,
  sparseBlocks,
  subByteBlocks,
} from '../packing/blocks.js';
import { isSmaller, moreWork } from '../packing/sparse.js';
import { bytesOf } from '../packing/sub-byte.js';
import { tableOf } from '../requantise/generic.js';
import { tileOverlayDistance } from '../shared/overlay.js';
import type { DspDotProductView } from './dsp-view.js';

/** What `kernels/dot-product/dsp-sub-byte` reads besides the view of whole bytes. */
interface SubByteDotProductView extends BlockPackingView {
  /** Bytes of a position that nothing is gathered into; and the words of it after the groups of 4 bytes, from the first to the last. */
  readonly fillBytes: number;
  readonly depth: number;
  readonly fillsWords: boolean;
  readonly firstFill: number;
  /** Output positions that are widened at a time, an even number. */
  readonly chunk: number;
  /** Output channels whose weights are unpacked at a time. */
  readonly block: number;
  readonly blockPairs: number;
  /** Words that the weights of a block have in scratch. */
  readonly unpackedWords: number;
  /** Words of the table of channels for each of them. */
  readonly channelWords: number;
  /** Where in the scratch bytes are put one after the other. */
  readonly bytesOffset: number;
}

/** Bytes of unpacked weights and of widened positions: as much as leaves little to gain. */
const unpackedBytes = 1024;
const widenedBytes = 4096;

/** The kernel for int8 with weights that are packed, where there are few bits or zeros enough. */
export function packedDotProductPlans(
  node: Node<LinearAttributes>,
  input: KernelInput,
  plan: KernelPlan,
  view: DspDotProductView,
): readonly KernelPlan[] {
  const { bits } = node.constants.weight;
  const made = (packing: BlockPacking) =>
    [false, true].map(leastScratch => packedDotProductPlan(node, input, plan, view, packing, leastScratch));
  const narrow = bits === undefined ? [] : made(subByteBlocks(bits, true));
  const sparse = made(sparseBlocks(true));
  return [...narrow, ...sparse.filter(each => isSmaller(each, narrow.at(0) ?? plan))];
}

/**
 * The kernel for weights that are packed, made from that for int8 in pairs of channels: the same tiles read weights that were unpacked
 * into scratch. They are unpacked once for a whole row, or as much of it as {@link widenedBytes} hold; `leastScratch` takes the least
 * scratch instead.
 *
 * The bytes of `a + 256 * b` fit as many bits as `a` and `b`: where `a` is negative, it borrows from `b` the one value that
 * sub-byte weights do not use. Binary ones use them all: they are packed without, and unpacked as pairs.
 */
function packedDotProductPlan(
  node: Node<LinearAttributes>,
  input: KernelInput,
  plan: KernelPlan,
  view: DspDotProductView,
  packing: BlockPacking,
  leastScratch: boolean,
): KernelPlan {
  const { words, tileWords, channels, outputWidth, tiled, fours, inPlace, weightWords, stride, left } = view;
  const pairs = Math.ceil(channels / 2);
  const most = leastScratch ? 1 : Math.max(1, Math.floor(unpackedBytes / (4 * weightWords)));
  const blockPairs = largestDivisor(pairs, most);
  const blockBytes = 4 * blockPairs * weightWords;
  const packed = packingView(packing, blockBytes);
  const positions = leastScratch ? 2 : 2 * Math.max(1, Math.floor(widenedBytes / (4 * (tileWords + 1))));
  const chunk = Math.min(positions, outputWidth + (outputWidth % 2));
  const unpackedWords = (packed.packs * packing.unitWeights) / 4;
  const tiles = Math.min(chunk, tiled) / 2;
  // The last position goes after the tiles before it, which may fill a chunk.
  const rest = tiled < outputWidth ? ((tiled % chunk) / 2) * (tileWords + 1) + words + 1 : 0;
  const widened = Math.max(tiles * (tileWords + 1), rest);
  // No weight is 0, so that what fills up the positions has to be.
  const binary = node.constants.weight.bits === 1;
  const depth = node.constants.weight.data.length / channels;
  const narrow: SubByteDotProductView = {
    ...packed,
    depth,
    fillBytes: binary ? 4 * fours - depth : 0,
    fillsWords: binary && words > 2 * fours,
    firstFill: 2 * fours,
    chunk,
    block: 2 * blockPairs,
    blockPairs,
    unpackedWords,
    channelWords: view.groupWords / channels,
    bytesOffset: 4 * (unpackedWords + widened),
  };
  const { work, scratchBytes: _, ...rows } = plan;
  const weights = tableOf(plan.tables, 'weights');
  const { height, width } = node.type.shape;
  const unpacking = packing.instructions(bytesOf(weights));
  const calls = (pairs / blockPairs - 1) * height * Math.ceil(width / 2);
  return {
    ...rows,
    template: 'kernels/dot-product/dsp-sub-byte',
    label: 'dsp-narrow',
    view: { ...view, ...narrow },
    tables: [packing.table(weights, bytesOf(weights), blockBytes), ...plan.tables.slice(1)],
    helpers: [...plan.helpers, ...packing.helpers],
    overlays: [tileOverlayDistance(input.shape, node.type.shape, { stride, left }, outputWidth, chunk)],
    scratchBytes: narrow.bytesOffset + (inPlace ? 0 : 4 * fours),
    ...(unpacking === undefined
      ? {}
      : moreWork(work, height * Math.ceil(width / chunk) * unpacking + calls * callInstructions)),
    configuration: `${packing.configuration}${leastScratch ? ', little scratch' : ''}`,
  };
}

/** What a call of a tile takes besides its channels, roughly: they are called for each block. */
const callInstructions = 40;

function largestDivisor(value: number, most: number): number {
  for (let divisor = Math.min(value, most); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
}
