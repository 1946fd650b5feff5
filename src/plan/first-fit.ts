import type { Block } from './blocks.js';
import { aligned } from './row-program.js';

export interface Allocation {
  /** Per block, in bytes from the start of the space. */
  readonly offsets: Int32Array;
  /** Bytes of the space. */
  readonly bytes: number;
}

/**
 * Other blocks that may not share bytes with one, in arrays since they are gone through again and again. With this block at
 * `x` and the i-th other at `y`, both in bytes: forbidden are all `x` with `y - below[i] < x < y + above[i]`.
 */
interface Conflicts {
  readonly others: Int32Array;
  readonly below: Int32Array;
  readonly above: Int32Array;
}

/** Gives each buffer in turn the lowest offset that the buffers before it leave free. */
export class FirstFit {
  /** Blocks whose place is to be chosen. */
  readonly free: Int32Array;
  /** Pairs of blocks that may not share bytes. */
  readonly conflictCount: number;
  private readonly conflicts: readonly Conflicts[];
  private readonly bytes: Int32Array;
  /** What conflicts forbid, by the lower end. Working space. */
  private readonly lows: Int32Array;
  private readonly highs: Int32Array;
  /** Where pinned blocks have to lie, -1 for the free ones, and the bytes that they take. */
  private readonly pinned: Allocation;

  /** @param blocks by time of birth */
  constructor(readonly blocks: readonly Block[]) {
    this.conflicts = conflictsOf(blocks);
    this.bytes = Int32Array.from(blocks, block => block.bytes);
    const most = this.conflicts.reduce((most, { others }) => Math.max(most, others.length), 0);
    this.lows = new Int32Array(most);
    this.highs = new Int32Array(most);
    this.conflictCount = this.conflicts.reduce((sum, { others }) => sum + others.length, 0) / 2;
    this.free = Int32Array.from(blocks.keys()).filter(b => blocks[b].pinned === undefined);
    this.pinned = {
      offsets: Int32Array.from(blocks, ({ pinned = -1 }) => pinned),
      bytes: blocks.reduce((most, { pinned, bytes }) => Math.max(most, pinned === undefined ? 0 : pinned + bytes), 0),
    };
  }

  /** The pinned blocks alone. */
  start(): Allocation {
    return { offsets: this.pinned.offsets.slice(), bytes: this.pinned.bytes };
  }

  /** Where a block goes, when so much is placed: the least word that no earlier buffer forbids. */
  offsetOf(block: number, offsets: Int32Array): number {
    const { lows, highs } = this;
    const { others, below, above } = this.conflicts[block];
    let count = 0;
    for (let i = 0; i < others.length; i++) {
      const y = offsets[others[i]];
      if (y < 0) continue;
      // Insertion sort by the lower end: there are few, and they are mostly in order.
      const low = y - below[i];
      let at = count++;
      while (at > 0 && lows[at - 1] > low) {
        lows[at] = lows[at - 1];
        highs[at] = highs[at - 1];
        at--;
      }
      lows[at] = low;
      highs[at] = y + above[i];
    }
    let x = 0;
    for (let i = 0; i < count; i++) {
      if (lows[i] >= x) break;
      if (highs[i] > x) x = aligned(highs[i]);
    }
    return x;
  }

  /** Nothing when that takes `limit` bytes or more. */
  place(order: Int32Array): Allocation;
  place(order: Int32Array, limit: number | undefined): Allocation | undefined;
  place(order: Int32Array, limit = Number.POSITIVE_INFINITY): Allocation | undefined {
    const { offsets, bytes: pinned } = this.start();
    let bytes = pinned;
    for (const b of order) {
      offsets[b] = this.offsetOf(b, offsets);
      bytes = Math.max(bytes, offsets[b] + this.bytes[b]);
      if (bytes >= limit) return undefined;
    }
    return { offsets, bytes };
  }
}

/** Blocks that live at the same time, found by a sweep over time. */
function conflictsOf(blocks: readonly Block[]): readonly Conflicts[] {
  const conflicts = blocks.map(() => ({ others: [] as number[], below: [] as number[], above: [] as number[] }));
  const conflict = (block: number, other: number, below: number, above: number): void => {
    conflicts[block].others.push(other);
    conflicts[block].below.push(below);
    conflicts[block].above.push(above);
  };
  const order = Int32Array.from(blocks.keys()).sort((a, b) => blocks[a].from - blocks[b].from || a - b);
  let living: number[] = [];
  for (const b of order) {
    const block = blocks[b];
    living = living.filter(other => blocks[other].to >= block.from);
    for (const a of living) {
      if (blocks[a].pinned !== undefined && block.pinned !== undefined) continue;
      // `b` over `a` where it may: then it is enough that b starts `distance` before a.
      const distance = block.overlays.find(overlay => overlay.block === a)?.distance;
      const above = blocks[a].bytes;
      const below = Math.min(block.bytes, distance ?? block.bytes);
      conflict(b, a, below, above);
      conflict(a, b, above, below);
    }
    living.push(b);
  }
  return conflicts.map(({ others, below, above }) => ({
    others: Int32Array.from(others),
    below: Int32Array.from(below),
    above: Int32Array.from(above),
  }));
}
