/** What is looked at most often of the blocks, each in an array of its own: this is where planning takes its time. */
export interface Columns {
  readonly bytes: Int32Array;
  readonly to: Int32Array;
}

/** How many ends of lifetimes ahead a layout is judged by. */
export const horizons = 12;

/**
 * PartialAllocations of the blocks that live at one time, one after the other in arrays that all share: so many small arrays take long
 * to make and to throw away. Each has the same blocks, at other offsets and so in another order.
 */
export class PartialAllocations {
  /** Per layout its blocks and their offsets, by offset. */
  readonly blocks: Int32Array;
  readonly offsets: Int32Array;
  /** Per layout two numbers that are the same where the living blocks lie alike. */
  readonly hashes: Uint32Array;
  /**
   * Per layout and end of lifetimes, of the blocks that outlive it: the squares of all gaps but the one after the last of
   * them, and where that one begins. See Judge, which says which ends.
   */
  readonly squares: Float64Array;
  readonly reached: Int32Array;

  constructor(
    readonly count: number,
    /** Blocks of each. */
    readonly living: number,
  ) {
    this.blocks = new Int32Array(count * living);
    this.offsets = new Int32Array(count * living);
    this.hashes = new Uint32Array(count * 2);
    this.squares = new Float64Array(count * horizons);
    this.reached = new Int32Array(count * horizons);
  }
}

/** A layout and one more block: where it goes, and how good that is. */
export interface Extension {
  /** The number of the layout. */
  readonly from: number;
  readonly offset: number;
  /** Position among the blocks of the layout. */
  readonly at: number;
  readonly score: number;
  readonly hashes: readonly [number, number];
}
