import type { Block } from './blocks.js';
import { aligned, alignment } from './row-program.js';
import { sweepBlocks } from './sweep.js';

export interface Placement {
  /** Per block, in bytes from the start of the space. */
  readonly offsets: Int32Array;
  /** Bytes of the space. */
  readonly bytes: number;
}

/**
 * Another block that may not share bytes with this one. With this one at `x` and the other at `y`, both in bytes:
 * forbidden are all `x` with `y - below < x < y + above`.
 */
interface Conflict {
  readonly other: number;
  readonly below: number;
  readonly above: number;
}

/** Blocks up to which every order of placing is tried. */
const exhaustiveBlocks = 7;
/** Work that one sweep may do, in blocks looked at, and the widths that it may get out of that. */
const sweepWork = 4_000_000;
const widths = { least: 8, most: 128 };
/** Sweeps of one placement. */
const sweeps = 4;

/**
 * Places blocks so that those which live at the same time do not meet, in as few bytes as it finds: dynamic storage
 * allocation, which is NP-hard. Proven least where it reaches `lowerBound`, and for up to {@link exhaustiveBlocks} blocks.
 *
 * First each block in turn is put at the lowest offset that its placed rivals leave free, in several orders of placing.
 * Then sweeps over time ({@link sweepBlocks}) try to do with less: with `lowerBound`, then with the middle between that
 * and the best so far, and so on.
 *
 * @param blocks by time of birth
 * @param lowerBound in bytes: no placement needs less
 * @param limit placements of so many bytes and more are of no use
 * @returns nothing when it found none below the limit
 */
export function placeBlocks(
  blocks: readonly Block[],
  lowerBound: number,
  limit = Number.POSITIVE_INFINITY,
): Placement | undefined {
  const conflicts = conflictsOf(blocks);
  if (freeBlocks(blocks).length <= exhaustiveBlocks) return placeExhaustively(blocks, conflicts, lowerBound, limit);
  let best: Placement | undefined;
  for (const compare of orderings(blocks)) {
    if (best?.bytes === lowerBound) return best;
    const order = freeBlocks(blocks).sort((a, b) => compare(blocks[a], blocks[b]) || a - b);
    best = placeInOrder(blocks, conflicts, order, best?.bytes ?? limit) ?? best;
  }
  const meetings = conflicts.reduce((sum, c) => sum + c.length, 0) / 2;
  const width = Math.max(widths.least, Math.min(widths.most, Math.floor(sweepWork / (meetings + 1))));
  let tried = lowerBound - alignment;
  let bytes = lowerBound;
  for (let sweep = 0; sweep < sweeps && bytes < (best?.bytes ?? limit); sweep++) {
    const offsets = sweepBlocks(blocks, bytes, width);
    if (offsets === undefined) tried = bytes;
    else best = { offsets, bytes: blocks.reduce((most, b, i) => Math.max(most, offsets[i] + b.bytes), 0) };
    const end = best?.bytes ?? Math.min(limit, 2 * bytes);
    bytes = tried + alignment * Math.max(1, Math.floor((end - tried) / (2 * alignment)));
  }
  return best;
}

/** Blocks whose place is to be chosen. */
const freeBlocks = (blocks: readonly Block[]): Int32Array =>
  Int32Array.from(blocks.keys()).filter(b => blocks[b].pinned === undefined);

/** -1 for those, and the others where they have to lie; with the bytes that these take. */
function pinnedOnly(blocks: readonly Block[]): Placement {
  const offsets = Int32Array.from(blocks, ({ pinned = -1 }) => pinned);
  const bytes = blocks.reduce(
    (most, block) => Math.max(most, (block.pinned ?? 0) + (block.pinned === undefined ? 0 : block.bytes)),
    0,
  );
  return { offsets, bytes };
}

type Comparison = (a: Block, b: Block) => number;

const lifetime = ({ from, to }: Block): number => to - from;

/** What to place first, in several opinions. */
function orderings(blocks: readonly Block[]): readonly Comparison[] {
  const longest = blocks.reduce((most, b) => Math.max(most, lifetime(b)), 0);
  return [
    (a, b) => b.bytes - a.bytes || a.from - b.from,
    (a, b) => b.bytes - a.bytes || lifetime(b) - lifetime(a),
    (a, b) => lifetime(b) - lifetime(a) || b.bytes - a.bytes,
    (a, b) => b.bytes * (lifetime(b) + 1) - a.bytes * (lifetime(a) + 1),
    (a, b) => a.from - b.from || b.to - a.to,
    (a, b) => b.to - a.to || b.bytes - a.bytes,
    // Long ones below, as if they were one band, the rest in the order of time.
    (a, b) => Number(lifetime(b) * 4 > longest) - Number(lifetime(a) * 4 > longest) || a.from - b.from,
  ];
}

/** Blocks that live at the same time, found by a sweep over time. */
function conflictsOf(blocks: readonly Block[]): readonly (readonly Conflict[])[] {
  const conflicts: Conflict[][] = blocks.map(() => []);
  const order = Int32Array.from(blocks.keys()).sort((a, b) => blocks[a].from - blocks[b].from || a - b);
  let living: number[] = [];
  for (const b of order) {
    const block = blocks[b];
    living = living.filter(other => blocks[other].to >= block.from);
    for (const a of living) {
      if (blocks[a].pinned !== undefined && block.pinned !== undefined) continue;
      // `b` over `a` where it may: then it is enough that b starts `distance` in front of a.
      const distance = block.overlays.find(overlay => overlay.block === a)?.distance;
      const above = blocks[a].bytes;
      const below = Math.min(block.bytes, distance ?? block.bytes);
      conflicts[b].push({ other: a, below, above });
      conflicts[a].push({ other: b, below: above, above: below });
    }
    living.push(b);
  }
  return conflicts;
}

/** Nothing when the arena would have `limit` bytes or more. */
function placeInOrder(
  blocks: readonly Block[],
  conflicts: readonly (readonly Conflict[])[],
  order: Int32Array,
  limit: number,
): Placement | undefined {
  const { offsets, bytes: pinned } = pinnedOnly(blocks);
  let bytes = pinned;
  for (const b of order) {
    const offset = lowestFree(conflicts[b], offsets);
    offsets[b] = offset;
    bytes = Math.max(bytes, offset + blocks[b].bytes);
    if (bytes >= limit) return undefined;
  }
  return { offsets, bytes };
}

/** The least word x >= 0 that no placed rival forbids. */
function lowestFree(conflicts: readonly Conflict[], offsets: Int32Array): number {
  const lows: number[] = [];
  const highs: number[] = [];
  for (const { other, below, above } of conflicts) {
    const y = offsets[other];
    if (y < 0) continue;
    // Insertion sort by the lower end: there are few, and they are mostly in order.
    const low = y - below;
    let at = lows.length;
    while (at > 0 && lows[at - 1] > low) {
      lows[at] = lows[at - 1];
      highs[at] = highs[at - 1];
      at--;
    }
    lows[at] = low;
    highs[at] = y + above;
  }
  let x = 0;
  for (let i = 0; i < lows.length; i++) {
    if (lows[i] >= x) break;
    if (highs[i] > x) x = aligned(highs[i]);
  }
  return x;
}

/** Every order of placing, cut off where it cannot become better. A best placement comes out when it goes by offset. */
function placeExhaustively(
  blocks: readonly Block[],
  conflicts: readonly (readonly Conflict[])[],
  lowerBound: number,
  limit: number,
): Placement | undefined {
  const { offsets, bytes: pinned } = pinnedOnly(blocks);
  const free = freeBlocks(blocks);
  let best: Placement | undefined;
  const visit = (placed: number, bytes: number): void => {
    if (bytes >= (best?.bytes ?? limit) || best?.bytes === lowerBound) return;
    if (placed === free.length) {
      best = { offsets: offsets.slice(), bytes };
      return;
    }
    for (const b of free) {
      if (offsets[b] >= 0) continue;
      offsets[b] = lowestFree(conflicts[b], offsets);
      visit(placed + 1, Math.max(bytes, offsets[b] + blocks[b].bytes));
      offsets[b] = -1;
    }
  };
  visit(0, pinned);
  return best;
}
