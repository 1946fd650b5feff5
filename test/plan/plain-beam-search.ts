import type { Block } from '../../src/plan/blocks.js';
import { aligned, alignment } from '../../src/plan/row-program.js';

/** How many ends of lifetimes ahead a partial is judged by, and how much less each counts than the one before. */
const horizons = 12;
const discount = 0.7;

/** A partial of the blocks that live at one time: their numbers and offsets, by offset. */
interface PartialAllocation {
  readonly blocks: Int32Array;
  readonly offsets: Int32Array;
}

/** A partial and one more block: where it goes, and how good that is. */
interface Extension {
  readonly from: number;
  readonly offset: number;
  /** Position among the blocks of the partial. */
  readonly at: number;
  readonly score: number;
}

/** What src/plan/beam-search.ts does, in plain words: every partial allocation is looked at from its first buffer to its last, for every offset. */
export function plainBeamSearch(blocks: readonly Block[], bytes: number, width: number): Int32Array | undefined {
  let partials: PartialAllocation[] = [{ blocks: new Int32Array(0), offsets: new Int32Array(0) }];
  const history: { readonly from: Int32Array; readonly offset: Int32Array }[] = [];
  for (const [b, block] of blocks.entries()) {
    const until = blocks[b + 1]?.from ?? block.to;
    const scores = new GapScore(blocks, bytes, until);
    const seen = new Set<number>();
    let extensions: Extension[] = [];
    for (const [from, partial] of partials.entries()) {
      for (const offset of candidates(blocks, partial, block, bytes)) {
        const at = position(partial, offset);
        const key = scores.key(partial, b, at, offset);
        if (seen.has(key)) continue;
        seen.add(key);
        extensions.push({ from, offset, at, score: scores.score(partial, b, at, offset) });
      }
    }
    if (extensions.length === 0) return undefined;
    if (extensions.length > width) extensions = extensions.sort((p, q) => q.score - p.score).slice(0, width);
    history.push({
      from: Int32Array.from(extensions, e => e.from),
      offset: Int32Array.from(extensions, e => e.offset),
    });
    partials = extensions.map(e => extended(blocks, partials[e.from], b, e, until));
  }
  const offsets = new Int32Array(blocks.length);
  for (let b = blocks.length - 1, at = 0; b >= 0; b--) {
    offsets[b] = history[b].offset[at];
    at = history[b].from[at];
  }
  return offsets;
}

/** Offsets at both ends of every gap that the block fits into; for a pinned one the offset that it has to have. */
function candidates(blocks: readonly Block[], partial: PartialAllocation, block: Block, bytes: number): number[] {
  if (block.pinned !== undefined) return [block.pinned];
  const lows: number[] = [];
  const highs: number[] = [];
  for (let i = 0; i < partial.blocks.length; i++) {
    const other = partial.blocks[i];
    let below = block.bytes;
    for (const overlay of block.overlays) if (overlay.block === other) below = Math.min(below, overlay.distance);
    const low = partial.offsets[i] - below;
    let at = i;
    while (at > 0 && lows[at - 1] > low) {
      lows[at] = lows[at - 1];
      highs[at] = highs[at - 1];
      at--;
    }
    lows[at] = low;
    highs[at] = partial.offsets[i] + blocks[other].bytes;
  }
  const found: number[] = [];
  const last = bytes - block.bytes;
  let free = 0;
  for (let i = 0; i <= lows.length && free <= last; i++) {
    // Blocks begin at words, what is pinned need not.
    const end = alignment * Math.floor(Math.min(lows[i] ?? last, last) / alignment);
    if (end >= free) {
      found.push(free);
      if (end > free) found.push(end);
    }
    free = Math.max(free, aligned(highs[i] ?? 0));
  }
  return found;
}

/** How many blocks of the partial lie before an offset. */
function position({ offsets }: PartialAllocation, offset: number): number {
  let at = 0;
  while (at < offsets.length && offsets[at] <= offset) at++;
  return at;
}

/** The partial with the block in it, without those that are dead when the next one is born. */
function extended(
  blocks: readonly Block[],
  partial: PartialAllocation,
  block: number,
  { at, offset }: Extension,
  until: number,
): PartialAllocation {
  const numbers: number[] = [];
  const offsets: number[] = [];
  const keep = (number: number, where: number): void => {
    if (blocks[number].to < until) return;
    numbers.push(number);
    offsets.push(where);
  };
  for (let i = 0; i < partial.blocks.length; i++) {
    if (i === at) keep(block, offset);
    keep(partial.blocks[i], partial.offsets[i]);
  }
  if (at === partial.blocks.length) keep(block, offset);
  return { blocks: Int32Array.from(numbers), offsets: Int32Array.from(offsets) };
}

/** Looks at partials of one time. */
class GapScore {
  private ends: Int32Array | undefined;
  private readonly position = new Float64Array(horizons);
  private readonly sums = new Float64Array(horizons);

  /** @param until when the next block is born: who is dead then does not count */
  constructor(
    private readonly blocks: readonly Block[],
    private readonly bytes: number,
    private readonly until: number,
  ) {}

  /** A number that is the same for partials that lie alike. */
  key(partial: PartialAllocation, block: number, at: number, offset: number): number {
    const { blocks, until } = this;
    let [hash, other] = [17, 29];
    // The new block comes at its position, the others move up by one.
    for (let i = 0; i <= partial.blocks.length; i++) {
      const before = i - (i > at ? 1 : 0);
      const number = i === at ? block : partial.blocks[before];
      if (blocks[number].to < until) continue;
      const where = i === at ? offset : partial.offsets[before];
      hash = Math.imul(hash ^ (where + number * 0x10001), 0x01000193);
      other = Math.imul(other + where, 0x5bd1e995) ^ number;
    }
    return (hash >>> 0) * 2 ** 20 + (other >>> 12);
  }

  /** Larger for larger gaps. */
  score(partial: PartialAllocation, block: number, at: number, offset: number): number {
    const { blocks, position, sums } = this;
    this.ends ??= this.endsOf(partial, block);
    const { ends } = this;
    position.fill(0);
    sums.fill(0);
    for (let i = 0; i <= partial.blocks.length; i++) {
      const before = i - (i > at ? 1 : 0);
      const where = i === at ? offset : partial.offsets[before];
      const { to, bytes } = blocks[i === at ? block : partial.blocks[before]];
      for (let h = 0; h < ends.length && ends[h] <= to; h++) {
        const gap = where - position[h];
        if (gap > 0) sums[h] += gap * gap;
        if (where + bytes > position[h]) position[h] = where + bytes;
      }
    }
    let score = 0;
    for (let h = ends.length - 1; h >= 0; h--) {
      const gap = this.bytes - position[h];
      score = score * discount + sums[h] + gap * gap;
    }
    return score;
  }

  /** The next times at which blocks have died: a block counts at those up to its own end. Equal for all partials. */
  private endsOf(partial: PartialAllocation, block: number): Int32Array {
    const times = [...partial.blocks, block].map(b => this.blocks[b].to + 1).filter(to => to > this.until);
    const next = [...new Set(times)].sort((a, b) => a - b).slice(0, horizons - 1);
    return Int32Array.from([this.until, ...next]);
  }
}
