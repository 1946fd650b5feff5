import type { SubByteBits } from '../../ir/tensor.js';
import type { ConstantTable, Helper } from '../kernel.js';
import { packOf, packSubByte, packs, widthName } from './bit-layout.js';
import { expandingInstructions, groupWeights, packSparse, sparseTable } from './sparse.js';

/** How weights lie in flash that are unpacked into scratch, the weights of a block of channels at a time. */
export interface BlockPacking {
  /** In a few words, for the kernel's name. */
  readonly configuration: string;
  readonly helpers: readonly Helper[];
  /** The C function that unpacks `units` of them. */
  readonly unpack: string;
  /** It returns where the next block begins; otherwise blocks are as long as each other. */
  readonly walks: boolean;
  /** Weights of a unit. */
  readonly unitWeights: number;
  /** Words of a unit in flash, where blocks are as long as each other. */
  readonly unitWords: number;
  /** Instructions that unpacking all of them takes, roughly; nothing where the cost model leaves that out. */
  instructions(bytes: Int8Array): number | undefined;
  /** The table for blocks of so many weights, which are given as bytes. */
  table(of: ConstantTable, bytes: Int8Array, blockBytes: number): ConstantTable;
}

/** What templates read of it. */
export interface BlockPackingView {
  readonly unpack: string;
  readonly walks: boolean;
  readonly packs: number;
  readonly packedWords: number;
  readonly packedType: 'uint8_t' | 'uint32_t';
}

export const packingView = (
  { unpack, walks, unitWeights, unitWords }: BlockPacking,
  blockBytes: number,
): BlockPackingView => {
  const count = Math.ceil(blockBytes / unitWeights);
  return { unpack, walks, packs: count, packedWords: count * unitWords, packedType: walks ? 'uint8_t' : 'uint32_t' };
};

/** Weights of few bits. @param pairs they are unpacked as pairs of channels, `a + 256 * b` */
export function subByteBlocks(bits: SubByteBits, pairs: boolean): BlockPacking {
  const { values, words } = packOf(bits);
  const binaryPairs = bits === 1 && pairs;
  return {
    configuration: widthName(bits),
    helpers: binaryPairs ? ['pairs-of-1', 'unpack-pairs-1'] : [`bytes-of-${bits}`, `unpack-${bits}`],
    unpack: `unpack_${binaryPairs ? 'pairs_' : ''}${bits}`,
    walks: false,
    unitWeights: values,
    unitWords: words,
    instructions: () => undefined,
    table: ({ suffix, kind, layout }, bytes, blockBytes) => ({
      suffix,
      kind,
      ctype: 'uint32_t',
      values: blocksOf(binaryPairs ? withoutBorrow(bytes) : bytes, blockBytes).flatMap(block => [
        ...packSubByte(block, bits),
      ]),
      perLine: 8,
      layout: `${layout.replace(', a line per tap', '')}, ${packs(bits)}`,
      packed: true,
      narrow: bits,
    }),
  };
}

/** Weights without zeros. @param pairs as for {@link subByteBlocks} */
export const sparseBlocks = (pairs: boolean): BlockPacking => ({
  configuration: 'without zeros',
  helpers: pairs ? ['halves-of-bytes', 'expand-pairs'] : ['expand-bytes'],
  unpack: pairs ? 'expand_pairs' : 'expand_bytes',
  walks: true,
  unitWeights: groupWeights,
  unitWords: 0,
  instructions: bytes => expandingInstructions(pairs ? withoutBorrow(bytes) : bytes),
  table: (table, bytes, blockBytes) =>
    sparseTable(table, blocksOf(pairs ? withoutBorrow(bytes) : bytes, blockBytes).flatMap(packSparse)),
});

const blocksOf = (bytes: Int8Array, length: number): readonly Int8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) => bytes.subarray(i * length, (i + 1) * length));

/** The bytes `a` and `b` of `a + 256 * b`. */
const withoutBorrow = (bytes: Int8Array): Int8Array =>
  bytes.map((byte, i) => (i % 2 === 1 && bytes[i - 1] < 0 ? byte + 1 : byte));
