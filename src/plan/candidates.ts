import type { LiveMemory } from './live-memory.js';
import { demandDriven, type Order, peakOf } from './orders.js';
import { aligned, type RowProgram } from './row-program.js';
import { type SearchResult, searchOrder } from './search.js';

/** Sets of cuts that are tried at most: each takes as long as the demand-driven order. */
const mostTrials = 24;

/**
 * Searches for the order with the least peak, as {@link searchOrder} does. Where that comes to no end, other orders are
 * looked at, too: by what adds least, and with tensors made whole before anything after them is asked for. Those are
 * heuristics, and cheap.
 */
export function findOrder(memory: LiveMemory, known: readonly Order[], looks: number): SearchResult {
  const found = searchOrder(memory, known, looks);
  if (found.peak === found.lowerBound) return found;
  const best = searchOrder(memory, [found.order, greedyOrder(memory), cutOrder(memory)], 0);
  return { ...best, lowerBound: Math.min(found.lowerBound, best.peak) };
}

/**
 * Always does the step after which fewest bytes are live; of equal ones that which takes least while it runs, then that of
 * the latest layer, which brings what is there nearer to its end.
 */
export function greedyOrder(memory: LiveMemory): Order {
  const { layers } = memory.program;
  const counts = memory.start();
  const order: number[] = [];
  for (;;) {
    let best: { readonly layer: number; readonly after: number; readonly during: number } | undefined;
    for (let layer = layers.length - 1; layer >= 0; layer--) {
      if (!memory.enabled(counts, layer)) continue;
      const { during, after } = memory.change(counts, layer);
      if (best !== undefined && (after > best.after || (after === best.after && during >= best.during))) continue;
      best = { layer, after, during };
    }
    if (best === undefined) return Int32Array.from(order);
    counts[best.layer]++;
    order.push(best.layer);
  }
}

/**
 * The demand-driven order with cuts: tensors made whole first, as long as each makes the peak less. Tried are where branches
 * part, where they meet, both, and the smallest tensors, one after the other.
 */
export function cutOrder(memory: LiveMemory): Order {
  const { program } = memory;
  let order = demandDriven(program, [], memory);
  let peak = peakOf(memory, order);
  let cuts: readonly number[] = [];
  const consider = (more: readonly number[]): void => {
    const tried = [...new Set([...cuts, ...more])].sort((a, b) => a - b);
    if (tried.length === cuts.length) return;
    const other = demandDriven(program, tried, memory);
    const otherPeak = peakOf(memory, other);
    if (otherPeak >= peak) return;
    order = other;
    peak = otherPeak;
    cuts = tried;
  };
  const forks = program.layers.flatMap(({ output }, l) => (readersOf(program, output) > 1 ? [l] : []));
  const joins = program.layers.flatMap(({ inputs }, l) => (new Set(inputs.map(i => i.tensor)).size > 1 ? [l] : []));
  for (const some of [forks, joins, [...forks, ...joins]]) consider(some);
  const whole = (l: number): number => {
    const { rows, rowBytes } = program.tensors[program.layers[l].output];
    return rows * aligned(rowBytes);
  };
  const smallest = [...program.layers.keys()].sort((a, b) => whole(a) - whole(b) || a - b);
  for (const layer of smallest.slice(0, mostTrials)) consider([layer]);
  return order;
}

const readersOf = ({ layers }: RowProgram, tensor: number): number =>
  layers.filter(({ inputs }) => inputs.some(input => input.tensor === tensor)).length;
