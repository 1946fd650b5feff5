import type { LiveMemory } from './live-memory.js';
import type { Order } from './orders.js';

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
