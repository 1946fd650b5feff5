import type { Block } from './blocks.js';
import { aligned } from './row-program.js';

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
export interface Conflict {
  readonly other: number;
  readonly below: number;
  readonly above: number;
}

/** Blocks whose place is to be chosen. */
export const freeBlocks = (blocks: readonly Block[]): Int32Array =>
  Int32Array.from(blocks.keys()).filter(b => blocks[b].pinned === undefined);

/** -1 for those, and the others where they have to lie; with the bytes that these take. */
export function pinnedOnly(blocks: readonly Block[]): Placement {
  const offsets = Int32Array.from(blocks, ({ pinned = -1 }) => pinned);
  const bytes = blocks.reduce(
    (most, block) => Math.max(most, (block.pinned ?? 0) + (block.pinned === undefined ? 0 : block.bytes)),
    0,
  );
  return { offsets, bytes };
}

/** Blocks that live at the same time, found by a sweep over time. */
export function conflictsOf(blocks: readonly Block[]): readonly (readonly Conflict[])[] {
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

/** Puts each block at the lowest offset that its placed rivals leave free; nothing when that takes `limit` bytes or more. */
export function placeInOrder(
  blocks: readonly Block[],
  conflicts: readonly (readonly Conflict[])[],
  order: Int32Array,
): Placement;
export function placeInOrder(
  blocks: readonly Block[],
  conflicts: readonly (readonly Conflict[])[],
  order: Int32Array,
  limit: number | undefined,
): Placement | undefined;
export function placeInOrder(
  blocks: readonly Block[],
  conflicts: readonly (readonly Conflict[])[],
  order: Int32Array,
  limit = Number.POSITIVE_INFINITY,
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
export function lowestFree(conflicts: readonly Conflict[], offsets: Int32Array): number {
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
