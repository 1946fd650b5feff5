import type { Block } from './blocks.js';
import { GapScore } from './gap-score.js';
import { type Columns, type Extension, horizons, PartialAllocations } from './partial-allocations.js';
import { aligned, alignment } from './row-program.js';

/**
 * Allocates blocks in `bytes` of memory by a beam search over time. At each birth every partial allocation of the beam is extended by the
 * new block, at each end of each gap that it fits into; the best `width` extensions are the next beam. Extensions in which the living
 * blocks have the same offsets count as one. docs/planning.md has a picture.
 *
 * @param blocks by time of birth
 * @returns offsets; nothing when the beam came to an end
 */
export function beamSearch(blocks: readonly Block[], bytes: number, width: number): Int32Array | undefined {
  const columns = {
    bytes: Int32Array.from(blocks, block => block.bytes),
    to: Int32Array.from(blocks, block => block.to),
  };
  const gaps = new Gaps(columns, bytes);
  const counting = new Uint8Array(blocks.length);
  let partials = new PartialAllocations(1, 0);
  let scores: GapScore | undefined;
  const history: { readonly from: Int32Array; readonly offset: Int32Array }[] = [];
  for (const [b, block] of blocks.entries()) {
    const until = blocks[b + 1]?.from ?? block.to;
    scores = new GapScore(columns, bytes, partials, b, until, counting, scores);
    const seen = new Set<number>();
    let extensions: Extension[] = [];
    for (let from = 0; from < partials.count; from++) {
      scores.lookAt(from);
      for (const offset of gaps.candidates(partials, from, block)) {
        const hashes = scores.hashesWith(offset);
        const key = hashes[0] * 2 ** 20 + (hashes[1] >>> 12);
        if (seen.has(key)) continue;
        seen.add(key);
        const at = position(partials, from, offset);
        extensions.push({ from, offset, at, score: scores.score(at, offset), hashes });
      }
    }
    if (extensions.length === 0) return undefined;
    if (extensions.length > width) extensions = extensions.sort((p, q) => q.score - p.score).slice(0, width);
    const [from, offset] = [new Int32Array(extensions.length), new Int32Array(extensions.length)];
    for (const [i, extension] of extensions.entries()) {
      from[i] = extension.from;
      offset[i] = extension.offset;
    }
    history.push({ from, offset });
    partials = extended(columns, partials, b, extensions, until, scores);
  }
  const offsets = new Int32Array(blocks.length);
  for (let b = blocks.length - 1, at = 0; b >= 0; b--) {
    offsets[b] = history[b].offset[at];
    at = history[b].from[at];
  }
  return offsets;
}

/** Where a buffer fits into a partial allocation. */
class Gaps {
  /** Offsets that are forbidden: from above a low up to below its high. By the lows. */
  private readonly lows: Int32Array;
  private readonly highs: Int32Array;

  constructor(
    private readonly columns: Columns,
    private readonly bytes: number,
  ) {
    this.lows = new Int32Array(columns.to.length);
    this.highs = new Int32Array(columns.to.length);
  }

  /** Offsets at both ends of every gap that the block fits into; for a pinned one the offset that it has to have. */
  candidates({ blocks, offsets, living }: PartialAllocations, partial: number, block: Block): number[] {
    if (block.pinned !== undefined) return [block.pinned];
    const { lows, highs } = this;
    const start = partial * living;
    for (let i = 0; i < living; i++) {
      const other = blocks[start + i];
      let below = block.bytes;
      for (const overlay of block.overlays) if (overlay.block === other) below = Math.min(below, overlay.distance);
      const low = offsets[start + i] - below;
      let at = i;
      while (at > 0 && lows[at - 1] > low) {
        lows[at] = lows[at - 1];
        highs[at] = highs[at - 1];
        at--;
      }
      lows[at] = low;
      highs[at] = offsets[start + i] + this.columns.bytes[other];
    }
    const found: number[] = [];
    const last = this.bytes - block.bytes;
    let free = 0;
    for (let i = 0; i <= living && free <= last; i++) {
      // Blocks begin at words, what is pinned need not.
      const end = alignment * Math.floor((i < living ? Math.min(lows[i], last) : last) / alignment);
      if (end >= free) {
        found.push(free);
        if (end > free) found.push(end);
      }
      if (i < living) free = Math.max(free, aligned(highs[i]));
    }
    return found;
  }
}

/** How many buffers of the allocation lie before an offset. */
function position({ offsets, living }: PartialAllocations, partial: number, offset: number): number {
  const start = partial * living;
  let at = 0;
  while (at < living && offsets[start + at] <= offset) at++;
  return at;
}

/** The partial allocations with the buffer added, without buffers that nobody needs when the next one is made. */
function extended(
  { to }: Columns,
  partials: PartialAllocations,
  block: number,
  extensions: readonly Extension[],
  until: number,
  scores: GapScore,
): PartialAllocations {
  const others = partials.blocks.subarray(0, partials.living);
  const result = new PartialAllocations(extensions.length, [...others, block].filter(b => to[b] >= until).length);
  let next = 0;
  const keep = (number: number, where: number): void => {
    if (to[number] < until) return;
    result.blocks[next] = number;
    result.offsets[next++] = where;
  };
  for (const [e, { from, offset, at, hashes }] of extensions.entries()) {
    const start = from * partials.living;
    for (let i = 0; i < partials.living; i++) {
      if (i === at) keep(block, offset);
      keep(partials.blocks[start + i], partials.offsets[start + i]);
    }
    if (at === partials.living) keep(block, offset);
    result.hashes.set(hashes, 2 * e);
    const [row, end] = [e * horizons, (e + 1) * horizons];
    scores.lookAt(from);
    scores.writeGaps(at, offset, result.squares.subarray(row, end), result.reached.subarray(row, end));
  }
  return result;
}
