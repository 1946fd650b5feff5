import type { Node } from '../../../ir/graph.js';
import type { NarrowBits } from '../../../ir/tensor.js';
import type { ConstantTable, KernelInput, KernelPlan } from '../../kernel.js';
import type { LinearAttributes } from '../linear.js';
import { bytesOf, packNarrow, packOf, packs, widthName } from '../narrow.js';
import { tableOf } from '../requantise-kernel.js';
import { tileOverlayDistance } from '../window.js';
import type { DspDotProductView } from './dot-product.js';

/** What `kernels/dot-product/dsp-narrow` reads besides the view of whole bytes. */
interface NarrowDotProductView {
  readonly bits: NarrowBits;
  /** No weight is 0, so that what fills up the positions has to be. */
  readonly binary: boolean;
  /** Bytes of a position that nothing is gathered into; and the words of it behind the groups of 4 bytes, from the first to the last. */
  readonly fillBytes: number;
  readonly depth: number;
  readonly fillsWords: boolean;
  readonly firstFill: number;
  /** Output positions that are widened at a time, an even number. */
  readonly chunk: number;
  /** Output channels whose weights are unpacked at a time. */
  readonly block: number;
  readonly blockPairs: number;
  /** Packs of weights of a block, and the words that they have in flash and in scratch. */
  readonly packs: number;
  readonly packedWords: number;
  readonly unpackedWords: number;
  /** Words of the table of channels for each of them. */
  readonly channelWords: number;
  /** Where in the scratch bytes are put one behind the other. */
  readonly bytesOffset: number;
}

/** Bytes of unpacked weights and of widened positions: as much as leaves little to gain. */
const unpackedBytes = 1024;
const widenedBytes = 4096;

/**
 * The kernel for weights of few bits, made from that for int8 in pairs of channels: the same tiles read weights that were unpacked
 * into scratch. They are unpacked once for a whole row, or as much of it as {@link widenedBytes} hold; `sparing` takes the least
 * scratch instead.
 *
 * The bytes of `a + 256 * b` fit as many bits as `a` and `b`: where `a` is negative, it borrows from `b` the one value that narrow
 * weights leave free. Binary ones leave none free: they are packed without, and unpacked as pairs.
 */
export function narrowDotProductPlan(
  node: Node<LinearAttributes>,
  input: KernelInput,
  plan: KernelPlan,
  view: DspDotProductView,
  bits: NarrowBits,
  sparing: boolean,
): KernelPlan {
  const { words, tileWords, channels, outputWidth, tiled, fours, inPlace, weightWords, stride, left } = view;
  const pairs = Math.ceil(channels / 2);
  const most = sparing ? 1 : Math.max(1, Math.floor(unpackedBytes / (4 * weightWords)));
  const blockPairs = largestDivisor(pairs, most);
  const pack = packOf(bits);
  const perBlock = Math.ceil((blockPairs * weightWords * 4) / pack.values);
  const positions = sparing ? 2 : 2 * Math.max(1, Math.floor(widenedBytes / (4 * (tileWords + 1))));
  const chunk = Math.min(positions, outputWidth + (outputWidth % 2));
  const unpackedWords = (perBlock * pack.values) / 4;
  const tiles = Math.min(chunk, tiled) / 2;
  // The last position goes behind the tiles in front of it, which may fill a chunk.
  const rest = tiled < outputWidth ? ((tiled % chunk) / 2) * (tileWords + 1) + words + 1 : 0;
  const widened = Math.max(tiles * (tileWords + 1), rest);
  const binary = bits === 1;
  const depth = node.constants.weight.data.length / channels;
  const narrow: NarrowDotProductView = {
    bits,
    binary,
    depth,
    fillBytes: binary ? 4 * fours - depth : 0,
    fillsWords: binary && words > 2 * fours,
    firstFill: 2 * fours,
    chunk,
    block: 2 * blockPairs,
    blockPairs,
    packs: perBlock,
    packedWords: perBlock * pack.words,
    unpackedWords,
    channelWords: view.groupWords / channels,
    bytesOffset: 4 * (unpackedWords + widened),
  };
  const { work: _, scratchBytes: __, ...rows } = plan;
  return {
    ...rows,
    template: 'kernels/dot-product/dsp-narrow',
    view: { ...view, ...narrow },
    tables: [packedTable(plan.tables, 4 * blockPairs * weightWords, bits), ...plan.tables.slice(1)],
    helpers: [...plan.helpers, ...(bits === 1 ? pairsOfOne : ([`bytes-of-${bits}`, `unpack-${bits}`] as const))],
    overlays: [tileOverlayDistance(input.shape, node.type.shape, { stride, left }, outputWidth, chunk)],
    scratchBytes: narrow.bytesOffset + (inPlace ? 0 : 4 * fours),
    form: `${widthName(bits)}${sparing ? ', little scratch' : ''}`,
  };
}

const pairsOfOne = ['pairs-of-1', 'unpack-pairs-1'] as const;

function largestDivisor(value: number, most: number): number {
  for (let divisor = Math.min(value, most); divisor > 1; divisor--) if (value % divisor === 0) return divisor;
  return 1;
}

/** The bytes of a table of words in fewer bits, block by block. */
function packedTable(tables: readonly ConstantTable[], blockBytes: number, bits: NarrowBits): ConstantTable {
  const table = tableOf(tables, 'weights');
  const bytes = bits === 1 ? withoutBorrow(bytesOf(table)) : bytesOf(table);
  const values: number[] = [];
  for (let at = 0; at < bytes.length; at += blockBytes) {
    values.push(...packNarrow(bytes.subarray(at, at + blockBytes), bits));
  }
  return { ...table, values, layout: `${table.layout}, ${packs(bits)}`, narrow: bits };
}

/** The bytes `a` and `b` of `a + 256 * b`. */
const withoutBorrow = (bytes: Int8Array): Int8Array =>
  bytes.map((byte, i) => (i % 2 === 1 && bytes[i - 1] < 0 ? byte + 1 : byte));
