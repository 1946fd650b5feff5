import { type Columns, horizons, type PartialAllocations } from './partial-allocations.js';

/** The weight of the gaps after an end of lifetimes, relative to those after the end before it. */
const discount = 0.7;

/**
 * Scores partial allocations that get one more block. The score sums the squares of the gaps, since one large gap is worth more than
 * two small ones: the gaps now, and the gaps after each of the next ends of lifetimes, which count less and less.
 *
 * To measure all gaps for every candidate offset would be slow. So each partial allocation keeps its sums of squares (`squares`) and
 * where its last gap begins (`reached`), for each end of lifetimes, without the new block. The new block only divides one gap in two,
 * and {@link part} corrects the sum by that.
 *
 * The correction is right from the second end on, where blocks do not overlap. At the first end a block that is about to die may
 * overlap the new one (an in-place row); there {@link measure} goes over the gaps one by one.
 */
export class GapScore {
  /** The ends of lifetimes that are scored: the birth of the next block, then the times at which living blocks die. */
  private readonly ends: Int32Array;
  /** There are more ends than {@link horizons}. */
  private readonly more: boolean;
  private partial = 0;
  /** Of the partial allocation that {@link lookAt} took: its blocks that live on, and the new one. */
  private readonly hashes: [number, number] = [0, 0];
  private readonly squares = new Float64Array(horizons);
  private readonly reached = new Int32Array(horizons);

  /**
   * @param bytes size of the memory
   * @param partials the partial allocations without the new block; `squares` and `reached` are for the ends of `before`
   * @param block the new one
   * @param until when the next block is born: blocks that are dead by then do not count
   * @param counting scratch: for each block, at how many of the ends it still lives
   */
  constructor(
    private readonly columns: Columns,
    private readonly bytes: number,
    private readonly partials: PartialAllocations,
    private readonly block: number,
    private readonly until: number,
    private readonly counting: Uint8Array,
    before: GapScore | undefined,
  ) {
    const { to } = columns;
    const blocks = [...partials.blocks.subarray(0, partials.living), block];
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

  /** Moves the sums of all partial allocations from the ends that `before` has to the ends that this one has. */
  private follow(before: GapScore): void {
    const { partials, ends } = this;
    const { squares, reached } = partials;
    // The blocks that live at a time change at ends only, so the sums for an end are those for the last end before it. -1: unknown.
    const sources = Array.from(ends, end => {
      const after = before.ends.findIndex(other => other > end);
      const source = (after < 0 ? before.ends.length : after) - 1;
      return after < 0 && before.more && before.ends[source] !== end ? -1 : source;
    });
    const [oldSquares, oldReached] = [new Float64Array(horizons), new Int32Array(horizons)];
    for (let l = 0; l < partials.count; l++) {
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

  /** Selects the partial allocation that the calls after this one are about. */
  lookAt(partial: number): void {
    const { partials, hashes, until } = this;
    const { to } = this.columns;
    this.partial = partial;
    let [first, second] = [partials.hashes[2 * partial], partials.hashes[2 * partial + 1]];
    const start = partial * partials.living;
    for (let i = start; i < start + partials.living; i++) {
      const number = partials.blocks[i];
      if (to[number] >= until) continue;
      first -= mixed(number, partials.offsets[i], 0x9e3779b1);
      second -= mixed(number, partials.offsets[i], 0x7feb352d);
    }
    hashes[0] = first >>> 0;
    hashes[1] = second >>> 0;
  }

  /** Two hashes of the offsets of all living blocks, with the new block at `offset`: equal offsets have equal hashes. */
  hashesWith(offset: number): [number, number] {
    const [first, second] = this.hashes;
    if (this.columns.to[this.block] < this.until) return [first, second];
    return [
      (first + mixed(this.block, offset, 0x9e3779b1)) >>> 0,
      (second + mixed(this.block, offset, 0x7feb352d)) >>> 0,
    ];
  }

  /** The score with the new block at `offset`, as number `at` by offset: larger for larger gaps. */
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

  /** Writes the sums with the new block, for the extended partial allocation. */
  writeGaps(at: number, offset: number, squares: Float64Array, reached: Int32Array): void {
    this.part(at, offset);
    squares.set(this.squares);
    reached.set(this.reached);
  }

  /** The sums with the new block: from the second end on, the gap that it falls into is taken out and its two parts are added. */
  private part(at: number, offset: number): void {
    const { partials, partial, columns, counting, squares, reached } = this;
    const start = partial * partials.living;
    const stop = start + partials.living;
    const row = partial * horizons;
    const end = offset + columns.bytes[this.block];
    this.measure(partial, at, offset, 0);
    let below = start + at - 1;
    let above = start + at;
    for (let h = 1; h < this.ends.length; h++) {
      squares[h] = partials.squares[row + h];
      reached[h] = partials.reached[row + h];
      if (h >= counting[this.block]) continue;
      while (below >= start && counting[partials.blocks[below]] <= h) below--;
      while (above < stop && counting[partials.blocks[above]] <= h) above++;
      const low = below < start ? 0 : partials.offsets[below] + columns.bytes[partials.blocks[below]];
      squares[h] += (offset - low) * (offset - low);
      if (above === stop) {
        reached[h] = end;
      } else {
        const high = partials.offsets[above];
        squares[h] += (high - end) * (high - end) - (high - low) * (high - low);
      }
    }
  }

  /** The sum at one end, gap by gap; without the new block where `at` is -1. */
  private measure(partial: number, at: number, offset: number, h: number): void {
    const { partials, columns } = this;
    const start = partial * partials.living;
    let [squares, reached] = [0, 0];
    for (let i = 0; i <= partials.living; i++) {
      if (i === at && columns.to[this.block] >= this.ends[h]) {
        if (offset > reached) squares += (offset - reached) * (offset - reached);
        reached = Math.max(reached, offset + columns.bytes[this.block]);
      }
      if (i === partials.living) break;
      const number = partials.blocks[start + i];
      if (columns.to[number] < this.ends[h]) continue;
      const where = partials.offsets[start + i];
      if (where > reached) squares += (where - reached) * (where - reached);
      reached = Math.max(reached, where + columns.bytes[number]);
    }
    this.squares[h] = squares;
    this.reached[h] = reached;
  }
}

/** A hash of a block and its offset. */
function mixed(number: number, offset: number, factor: number): number {
  let x = Math.imul(number + 1, 0x85ebca6b) ^ Math.imul(offset + 1, factor);
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}
