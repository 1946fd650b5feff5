import type { Constant } from '../../ir/tensor.js';
import type { ConstantTable } from '../kernel.js';
import { tableOf } from '../requantise/generic.js';

/**
 * The order in which a tile of 4 output channels reads its inputs, for MVE: 16 bytes of each pixel, then the weights of
 * each of the 4 channels for them. A VMLADAVA multiplies and sums up 16 bytes of both.
 */

/** Bytes of a vector. */
export const vector = 16;

/** Output channels of a tile. */
export const tileChannels = 4;

/** 16 inputs, as the tile reads them. */
export interface ChunkView {
  /** From the beginning of a round. */
  readonly offset: number;
  /** The pixels' pointers move on; otherwise they stay, and `offset` is added. */
  readonly advances: boolean;
  /** Sums begin here. */
  readonly begins: boolean;
  /** The pixels' vectors stay in registers from one group of channels to the next; numbers of the registers. */
  readonly kept: boolean;
  readonly first: number;
  readonly second: number;
  /** Inputs that there are: weights of a channel. */
  readonly bytes: number;
}

/** A loop over the inputs of a pixel. */
export interface TileView {
  /** Inputs of a pixel, and bytes from a pixel to the next: a multiple of 16. */
  readonly depth: number;
  readonly pitch: number;
  /** Weights of a channel in the table: filled up in loops alone. */
  readonly stored: number;
  readonly looped: boolean;
  readonly rounds: number;
  /** Some chunks are kept. */
  readonly keeps: boolean;
  /** One round. */
  readonly chunks: readonly ChunkView[];
}

/** So many chunks are written out. */
const mostChunks = 8;

/** Chunks of two pixels that there are registers for, besides those that the tile works with. */
const keptChunks = 2;

/** Pitches up to here are immediate operands. */
export const largestPitch = 4080;

/** @param keep do vectors of pixels stay in registers, where there are some? */
export function tileView(depth: number, keep: boolean): TileView {
  const count = Math.ceil(depth / vector);
  const looped = count > mostChunks;
  // In a loop, all rounds are alike: the last chunk cannot be shorter.
  const perRound = looped ? largestDivisor(count, mostChunks) : count;
  const keeps = keep && !looped;
  const kept = (chunk: number) => keeps && chunk < keptChunks;
  return {
    depth,
    pitch: count * vector,
    stored: looped ? count * vector : depth,
    looped,
    rounds: count / perRound,
    keeps,
    chunks: Array.from({ length: perRound }, (_, i) => ({
      offset: i * vector,
      advances: looped,
      begins: !looped && i === 0,
      kept: kept(i),
      first: kept(i) ? 4 + 2 * i : 0,
      second: kept(i) ? 5 + 2 * i : 1,
      bytes: looped ? vector : Math.min(vector, depth - i * vector),
    })),
  };
}

function largestDivisor(of: number, most: number): number {
  let divisor = most;
  while (of % divisor !== 0) divisor--;
  return divisor;
}

/** Bytes of a group of 4 channels, without what follows the weights. */
export const groupWeights = (tile: TileView): number => tileChannels * tile.stored;

/**
 * The weights in groups of 4 output channels, each in the order in which a tile reads them; then the group's biases and,
 * with `multipliers`, its multipliers, as bytes. Channels are rounded up to whole groups.
 *
 * @param weight OHWI
 */
export function groupTable(
  weight: Constant,
  tile: TileView,
  tables: readonly ConstantTable[],
  multipliers: boolean,
): ConstantTable {
  const channels = weight.shape[0];
  const { depth, stored } = tile;
  const values: number[] = [];
  const words = ['bias', ...(multipliers ? ['multipliers'] : [])].map(suffix => tableOf(tables, suffix).values);
  for (let first = 0; first < channels; first += tileChannels) {
    const group = Array.from({ length: tileChannels }, (_, c) => first + c);
    for (let k = 0; k < stored; k += vector) {
      const end = Math.min(k + vector, stored);
      for (const o of group) {
        for (let i = k; i < end; i++) values.push(o < channels && i < depth ? weight.data[o * depth + i] : 0);
      }
    }
    for (const table of words) for (const o of group) values.push(...wordBytes(o < channels ? table[o] : 0));
  }
  const epilogue = multipliers ? '4 biases and 4 multipliers' : '4 biases';
  return {
    suffix: 'weights',
    ctype: 'int8_t',
    values,
    perLine: 32,
    layout: `OHWI ${weight.shape.join('x')} by 4 output channels: for each 16 inputs those of each channel; then ${epilogue} of 4 bytes, the lowest first`,
    kind: 'weights',
  };
}

/** An int32 as 4 int8, the lowest first. */
export function wordBytes(word: number): number[] {
  return [0, 8, 16, 24].map(shift => ((word >> shift) << 24) >> 24);
}
