import { Random } from '../numeric/random.js';
import type { Block } from './blocks.js';
import type { Allocation, FirstFit } from './first-fit.js';
import type { LiveMemory } from './live-memory.js';
import type { Order } from './orders.js';
import { alignment } from './row-program.js';

/** Passes over the order; few are needed, since a step sinks as far as it can in one. */
const passes = 20;

/**
 * Moves steps that need memory later and steps that free memory earlier, by exchanging neighbours, as long as fewer bytes
 * are live between the two. The peak does not grow. An order in which less is live, all in all, is easier to place.
 */
export function smoothOrder(memory: LiveMemory, order: Order, peak: number): Order {
  const smooth = order.slice();
  for (let pass = 0, moved = true; pass < passes && moved; pass++) {
    moved = false;
    const counts = memory.start();
    let live = memory.startBytes;
    for (let i = 0; i + 1 < smooth.length; i++) {
      if (exchangeHelps(memory, counts, smooth[i], smooth[i + 1], peak - live)) {
        [smooth[i], smooth[i + 1]] = [smooth[i + 1], smooth[i]];
        moved = true;
      }
      live += memory.change(counts, smooth[i]).after;
      counts[smooth[i]]++;
    }
  }
  return smooth;
}

/** May and should the next steps of two layers change places? @param room bytes under the peak */
function exchangeHelps(memory: LiveMemory, counts: Int32Array, first: number, second: number, room: number): boolean {
  if (first === second || !memory.enabled(counts, second)) return false;
  const earlier = memory.change(counts, second);
  if (earlier.after >= memory.change(counts, first).after || earlier.during > room) return false;
  counts[second]++;
  const { during } = memory.change(counts, first);
  counts[second]--;
  return earlier.after + during <= room;
}

/** Placements tried from one start before the next one has its turn. */
const patience = 50;
/** Placements of one search: small programs have found theirs by then. */
const mostPlacements = 800;
/** How far towards the front a block goes that ended too high: up to this part of the order, mostly less. */
const jump = 0.5;
/** How many of the others go to the front as well, and how far. */
const stray = { share: 0.01, jump: 0.2 };

/**
 * Looks for an sequence of buffers under which first fit needs fewer bytes ("squeaky wheel optimisation", Joslin and Clements
 * 1999): what ended too high is placed earlier next time, by a random distance. Restarts from each of the given orders in
 * turn, since many short searches find more than one long one. Random numbers come from a fixed seed: the same blocks get
 * the same places on any machine.
 *
 * @param starts sequences of buffers, at least one
 * @param lowerBound in bytes; it stops when it gets there
 * @param work how many conflicts it may look at, about
 */
export function improveAllocation(
  fit: FirstFit,
  starts: readonly Int32Array[],
  lowerBound: number,
  work: number,
): Allocation | undefined {
  const random = new Random('improve');
  const perPlacement = 2 * fit.conflictCount + fit.blocks.length;
  let rest = Math.min(work, mostPlacements * perPlacement);
  let best: Allocation | undefined;
  for (let round = 0; rest > 0; round++) {
    let order = starts[round % starts.length];
    let reached: Allocation | undefined;
    for (let attempt = 0, next = order; attempt < patience && rest > 0; attempt++) {
      rest -= perPlacement;
      const placed = fit.place(next, reached && reached.bytes + 1);
      if (placed !== undefined) [order, reached] = [next, placed];
      if (reached === undefined || reached.bytes <= lowerBound) break;
      next = squeaked(fit.blocks, order, reached.offsets, Math.max(lowerBound, reached.bytes - alignment), random);
    }
    if (reached !== undefined && (best === undefined || reached.bytes < best.bytes)) best = reached;
    if (best !== undefined && best.bytes <= lowerBound) break;
  }
  return best;
}

/** The order with those blocks nearer to its front that end above `target`, and a few others. */
function squeaked(
  blocks: readonly Block[],
  order: Int32Array,
  offsets: Int32Array,
  target: number,
  random: Random,
): Int32Array {
  const { length } = order;
  const moved: { readonly place: number; readonly rank: number }[] = [];
  const stayed = new Int32Array(length);
  let staying = 0;
  for (let i = 0; i < length; i++) {
    const b = order[i];
    let rank = i;
    if (offsets[b] + blocks[b].bytes > target) rank -= length * jump * random.uniform(0, 1) * random.uniform(0, 1);
    else if (random.uniform(0, 1) < stray.share) rank -= length * stray.jump * random.uniform(0, 1);
    if (rank < i) moved.push({ place: i, rank });
    else stayed[staying++] = i;
  }
  // The others are in order already: it is enough to sort those that moved, and to put them in between.
  moved.sort((p, q) => p.rank - q.rank || p.place - q.place);
  const next = new Int32Array(length);
  let taken = 0;
  for (let s = 0; s < staying; s++) {
    const place = stayed[s];
    for (; taken < moved.length; taken++) {
      const { rank, place: from } = moved[taken];
      if (rank > place || (rank === place && from > place)) break;
      next[s + taken] = order[from];
    }
    next[s + taken] = order[place];
  }
  for (; taken < moved.length; taken++) next[staying + taken] = order[moved[taken].place];
  return next;
}
