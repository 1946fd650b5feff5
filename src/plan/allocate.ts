import { beamSearch } from './beam-search.js';
import type { Block } from './blocks.js';
import { type Allocation, FirstFit } from './first-fit.js';
import { improveAllocation } from './improve.js';
import { alignment } from './row-program.js';

/** Blocks up to which every sequence of buffers is tried. */
const exhaustiveBlocks = 7;
/** Work that one beam search may do, in blocks looked at, and the widths that it may get out of that. */
const beamWork = 1_000_000;
const widths = { least: 8, most: 128 };
/** Beam searches of a round: so many that their work together stays within twice that. */
const searches = { least: 0, most: 3 };
/** How often beam search and improvement alternate. */
const rounds = 2;
/** Conflicts that a search for a better sequence of buffers may look at. */
const improvingWork = 6_000_000;
const improvedOrders = 4;

/**
 * Places blocks so that those which live at the same time do not meet, in as few bytes as it finds: dynamic storage
 * allocation, which is NP-hard. Proven least where it reaches `lowerBound`, and for up to {@link exhaustiveBlocks} blocks.
 *
 * First each block in turn is put at the lowest offset that earlier buffers leave free, in several sequences of buffers.
 * Then beam searches over time ({@link beamSearch}) try to do with less: with `lowerBound`, then with the middle between that and
 * the best so far, and so on. Then the best of the sequences of buffers are improved ({@link improveAllocation}), and after that
 * the one that the best allocation has. At last beam searches go on from there, and what they find is improved.
 *
 * @param blocks by time of birth
 * @param lowerBound in bytes: no allocation needs less
 */
export function allocateBlocks(blocks: readonly Block[], lowerBound: number): Allocation {
  const fit = new FirstFit(blocks);
  const { conflictCount } = fit;
  if (fit.free.length <= exhaustiveBlocks) return allocateExhaustively(fit, lowerBound);
  const starts = orderings(blocks)
    .map(compare => fit.free.slice().sort((a, b) => compare(blocks[a], blocks[b]) || a - b))
    .map(order => ({ order, allocation: fit.place(order) }))
    .sort((a, b) => a.allocation.bytes - b.allocation.bytes);
  let best = starts[0].allocation;
  const better = (allocation: Allocation | undefined): void => {
    if (allocation !== undefined && allocation.bytes < best.bytes) best = allocation;
  };
  const width = Math.max(widths.least, Math.min(widths.most, Math.floor(beamWork / (conflictCount + 1))));
  const more = Math.max(
    searches.least,
    Math.min(searches.most, Math.floor((2 * beamWork) / (conflictCount * width + 1))),
  );
  let tried = lowerBound - alignment;
  const search = (bytes: number): void => {
    if (bytes >= best.bytes) return;
    const offsets = beamSearch(blocks, bytes, width);
    if (offsets === undefined) tried = bytes;
    else better({ offsets, bytes: blocks.reduce((most, b, i) => Math.max(most, offsets[i] + b.bytes), 0) });
  };
  const improve = (orders: readonly Int32Array[]): void => {
    if (best.bytes > lowerBound) better(improveAllocation(fit, orders, lowerBound, improvingWork));
  };
  search(lowerBound);
  for (let round = 0; round < rounds; round++) {
    const before = best;
    for (let i = 0; i < more; i++) {
      search(tried + alignment * Math.max(1, Math.floor((best.bytes - tried) / (2 * alignment))));
    }
    if (round === 0) improve(starts.slice(0, improvedOrders).map(({ order }) => order));
    // In the order of offsets, first fit makes the best allocation again, or one that is better.
    const { offsets } = best;
    // In large programs that takes long, and seldom helps where the start is still the best.
    if (best !== before || (round === 0 && more > 0))
      improve([fit.free.slice().sort((a, b) => offsets[a] - offsets[b] || a - b)]);
  }
  return best;
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
    // Long-lived buffers first, then the rest by time.
    (a, b) => Number(lifetime(b) * 4 > longest) - Number(lifetime(a) * 4 > longest) || a.from - b.from,
  ];
}

/** Every sequence of buffers, cut off where it cannot become better. It includes the best: a best allocation, sorted by offset, is one of them. */
function allocateExhaustively(fit: FirstFit, lowerBound: number): Allocation {
  const { blocks, free } = fit;
  const { offsets, bytes: pinned } = fit.start();
  let best = fit.place(free);
  const visit = (placed: number, bytes: number): void => {
    if (bytes >= best.bytes || best.bytes === lowerBound) return;
    if (placed === free.length) {
      best = { offsets: offsets.slice(), bytes };
      return;
    }
    for (const b of free) {
      if (offsets[b] >= 0) continue;
      offsets[b] = fit.offsetOf(b, offsets);
      visit(placed + 1, Math.max(bytes, offsets[b] + blocks[b].bytes));
      offsets[b] = -1;
    }
  };
  visit(0, pinned);
  return best;
}
