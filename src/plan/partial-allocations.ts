/** Sizes and ends of lifetimes of all blocks, as arrays: the beam search reads them most often. */
export interface Columns {
  readonly bytes: Int32Array;
  readonly to: Int32Array;
}

/** How many ends of lifetimes a score looks ahead. */
export const horizons = 12;

/**
 * The partial allocations of the beam at one time. All have the same living blocks, each at offsets of its own, and so in an order of its
 * own. They share a few long arrays, since making thousands of small ones is slow.
 */
export class PartialAllocations {
  /** Of each partial allocation its blocks, in the order of their offsets, and these. */
  readonly blocks: Int32Array;
  readonly offsets: Int32Array;
  /** Of each, two hashes of the offsets of its living blocks. */
  readonly hashes: Uint32Array;
  /**
   * Of each, at each of the next {@link horizons} ends of lifetimes, for the blocks that live on: the sum of the squares of all gaps but the
   * last one, and where the last one begins. GapScore says which ends.
   */
  readonly squares: Float64Array;
  readonly reached: Int32Array;

  constructor(
    readonly count: number,
    /** Living blocks of each. */
    readonly living: number,
  ) {
    this.blocks = new Int32Array(count * living);
    this.offsets = new Int32Array(count * living);
    this.hashes = new Uint32Array(count * 2);
    this.squares = new Float64Array(count * horizons);
    this.reached = new Int32Array(count * horizons);
  }
}

/** A partial allocation with one more block: the offset of the block, and the score. */
export interface Extension {
  /** The number of the partial allocation. */
  readonly from: number;
  readonly offset: number;
  /** The position of the block among the others, by offset. */
  readonly at: number;
  readonly score: number;
  readonly hashes: readonly [number, number];
}
