import { type Columns, horizons, type PartialAllocations } from './partial-allocations.js';

/** How much less each end of lifetimes counts than the one before. */
const discount = 0.7;

/**
 * Looks at layouts of one time that get one more block, at each of the next times at which blocks have died. What is known
 * of the gaps without the new block goes from one time to the next with the layout; the new block parts one of them.
 *
 * That holds from the second end on, where blocks lie apart. At the first one, a block that dies may still count while the
 * new one lies over it: there, gaps are measured one by one.
 */
export class Judge {
  /** A block counts at those up to its own end. Equal for all layouts. The first is the birth of the next block. */
  private readonly ends: Int32Array;
  /** Are there more ends than those? */
  private readonly more: boolean;
  private layout = 0;
  /** Of the layout without those that die, and with the new block. */
  private readonly hashes: [number, number] = [0, 0];
  private readonly squares = new Float64Array(horizons);
  private readonly reached = new Int32Array(horizons);

  /**
   * @param bytes size of the space
   * @param layouts without the new block; their `squares` and `reached` belong to the ends of the judge before
   * @param block the new one
   * @param until when the next block is born: who is dead then does not count
   * @param counting working space for all blocks
   */
  constructor(
    private readonly columns: Columns,
    private readonly bytes: number,
    private readonly layouts: PartialAllocations,
    private readonly block: number,
    private readonly until: number,
    private readonly counting: Uint8Array,
    before: Judge | undefined,
  ) {
    const { to } = columns;
    const blocks = [...layouts.blocks.subarray(0, layouts.living), block];
    const times = new Set<number>();
    for (const b of blocks) if (to[b] + 1 > until) times.add(to[b] + 1);
    const next = [...times].sort((a, b) => a - b);
    this.ends = Int32Array.from([until, ...next.slice(0, horizons - 1)]);
    this.more = next.length > horizons - 1;
    for (const b of blocks) {
      let count = 0;
      while (count < this.ends.length && this.ends[count] <= to[b]) count++;
      counting[b] = count;
    }
    if (before !== undefined) this.follow(before);
  }

  /** Brings what is known of the gaps of all layouts from the ends of the judge before to those of this one. */
  private follow(before: Judge): void {
    const { layouts, ends } = this;
    const { squares, reached } = layouts;
    // From where it comes: the set of blocks that outlive a time changes at ends only. -1: beyond those that were known.
    const sources = Array.from(ends, end => {
      const after = before.ends.findIndex(other => other > end);
      const source = (after < 0 ? before.ends.length : after) - 1;
      return after < 0 && before.more && before.ends[source] !== end ? -1 : source;
    });
    const [oldSquares, oldReached] = [new Float64Array(horizons), new Int32Array(horizons)];
    for (let l = 0; l < layouts.count; l++) {
      const row = l * horizons;
      for (let h = 0; h < horizons; h++) {
        oldSquares[h] = squares[row + h];
        oldReached[h] = reached[row + h];
      }
      for (let h = 1; h < ends.length; h++) {
        const source = sources[h];
        if (source < 0) {
          this.measure(l, -1, 0, h);
          squares[row + h] = this.squares[h];
          reached[row + h] = this.reached[h];
        } else {
          squares[row + h] = oldSquares[source];
          reached[row + h] = oldReached[source];
        }
      }
    }
  }

  /** Takes the layout that the next questions are about. */
  lookAt(layout: number): void {
    const { layouts, hashes, until } = this;
    const { to } = this.columns;
    this.layout = layout;
    let [first, second] = [layouts.hashes[2 * layout], layouts.hashes[2 * layout + 1]];
    const start = layout * layouts.living;
    for (let i = start; i < start + layouts.living; i++) {
      const number = layouts.blocks[i];
      if (to[number] >= until) continue;
      first -= mixed(number, layouts.offsets[i], 0x9e3779b1);
      second -= mixed(number, layouts.offsets[i], 0x7feb352d);
    }
    hashes[0] = first >>> 0;
    hashes[1] = second >>> 0;
  }

  /** Two numbers that are the same for layouts that lie alike with the block at `offset`. */
  hashesWith(offset: number): [number, number] {
    const [first, second] = this.hashes;
    if (this.columns.to[this.block] < this.until) return [first, second];
    return [
      (first + mixed(this.block, offset, 0x9e3779b1)) >>> 0,
      (second + mixed(this.block, offset, 0x7feb352d)) >>> 0,
    ];
  }

  /** Larger for larger gaps. */
  score(at: number, offset: number): number {
    const { squares, reached, bytes } = this;
    this.part(at, offset);
    let score = 0;
    for (let h = this.ends.length - 1; h >= 0; h--) {
      const last = bytes - reached[h];
      score = score * discount + squares[h] + last * last;
    }
    return score;
  }

  /** Writes what is known of the gaps of the layout that was looked at, with the block in it. */
  writeGaps(at: number, offset: number, squares: Float64Array, reached: Int32Array): void {
    this.part(at, offset);
    squares.set(this.squares);
    reached.set(this.reached);
  }

  /** The gaps at each end, with the block in one of them. */
  private part(at: number, offset: number): void {
    const { layouts, layout, columns, counting, squares, reached } = this;
    const start = layout * layouts.living;
    const stop = start + layouts.living;
    const row = layout * horizons;
    const end = offset + columns.bytes[this.block];
    this.measure(layout, at, offset, 0);
    let below = start + at - 1;
    let above = start + at;
    for (let h = 1; h < this.ends.length; h++) {
      squares[h] = layouts.squares[row + h];
      reached[h] = layouts.reached[row + h];
      if (h >= counting[this.block]) continue;
      while (below >= start && counting[layouts.blocks[below]] <= h) below--;
      while (above < stop && counting[layouts.blocks[above]] <= h) above++;
      const low = below < start ? 0 : layouts.offsets[below] + columns.bytes[layouts.blocks[below]];
      squares[h] += (offset - low) * (offset - low);
      if (above === stop) {
        reached[h] = end;
      } else {
        const high = layouts.offsets[above];
        squares[h] += (high - end) * (high - end) - (high - low) * (high - low);
      }
    }
  }

  /** The gaps at one end, one by one; without the new block where `at` is -1. */
  private measure(layout: number, at: number, offset: number, h: number): void {
    const { layouts, columns } = this;
    const start = layout * layouts.living;
    let [squares, reached] = [0, 0];
    for (let i = 0; i <= layouts.living; i++) {
      if (i === at && columns.to[this.block] >= this.ends[h]) {
        if (offset > reached) squares += (offset - reached) * (offset - reached);
        reached = Math.max(reached, offset + columns.bytes[this.block]);
      }
      if (i === layouts.living) break;
      const number = layouts.blocks[start + i];
      if (columns.to[number] < this.ends[h]) continue;
      const where = layouts.offsets[start + i];
      if (where > reached) squares += (where - reached) * (where - reached);
      reached = Math.max(reached, where + columns.bytes[number]);
    }
    this.squares[h] = squares;
    this.reached[h] = reached;
  }
}

/** 32 bits that look like chance, for a block at an offset. */
function mixed(number: number, offset: number, factor: number): number {
  let x = Math.imul(number + 1, 0x85ebca6b) ^ Math.imul(offset + 1, factor);
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
