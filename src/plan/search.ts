import { smoothOrder } from './improve.js';
import type { LiveMemory } from './live-memory.js';
import { type Order, peakOf } from './orders.js';
import { alignment, stepCount } from './row-program.js';

export interface SearchResult {
  readonly order: Order;
  /** Its peak of live bytes. */
  readonly peak: number;
  /** No order has a smaller peak than this; equal to `peak` where the order is proven best. */
  readonly lowerBound: number;
}

/** A state that was reached, and how. */
interface Reached {
  readonly counts: Int32Array;
  readonly live: number;
  readonly from: Reached | undefined;
  readonly steps: readonly number[];
}

/**
 * Finds the order with the least peak of live bytes, by narrowing the range between what one step takes and what the given
 * orders take. Whether there is an order under a given peak is found out by {@link orderUnder}.
 *
 * @param known orders to start from, at least one
 * @param looks how often a layer may be looked at; when that is used up the result is good, but not proven best
 */
export function searchOrder(memory: LiveMemory, known: readonly Order[], looks: number): SearchResult {
  let best = known.map(order => ({ order, peak: peakOf(memory, order) })).reduce((a, b) => (b.peak < a.peak ? b : a));
  let lowerBound = leastPeak(memory);
  /** Peaks below this were tried in vain, whether or not it was proven that there is no order. */
  let tried = lowerBound;
  for (let rest = looks; tried < best.peak && rest > 0; ) {
    // Nearer to what is known: an order that exists is found sooner than it is proven that there is none.
    const peak = tried + alignment * Math.floor((3 * (best.peak - tried)) / (4 * alignment));
    const share = Math.ceil(looks / 4);
    const budget = { looks: Math.min(rest, share) };
    rest -= budget.looks;
    const found = orderUnder(memory, peak, budget);
    rest += Math.max(0, budget.looks);
    if (found.order !== undefined) {
      best = { order: found.order, peak: peakOf(memory, found.order) };
      continue;
    }
    if (found.complete) lowerBound = Math.max(lowerBound, found.blocked);
    tried = found.complete ? found.blocked : peak + alignment;
  }
  // Made smoother, an order may have a smaller peak, too.
  const order = smoothOrder(memory, best.order, best.peak);
  const peak = peakOf(memory, order);
  return { order, peak, lowerBound: Math.min(lowerBound, peak) };
}

/** How often a layer may still be looked at. */
interface Budget {
  looks: number;
}

interface Attempt {
  readonly order?: Order;
  /** Was everything looked at? Then no order has a peak below `blocked`. */
  readonly complete: boolean;
  readonly blocked: number;
}

/**
 * Looks for an order whose live bytes never exceed `peak`, among the states "how many steps each layer has done". A state
 * is visited once, since what remains depends on the counts alone; depth first, what adds
 * least first.
 *
 * What keeps it small: a run of steps under the peak, after which no more is live than before, is done at once without
 * looking at others ({@link doAtOnce}, {@link crossHill}). That loses nothing. Live bytes are a submodular function of the
 * set of steps done: a row is live when its maker is in the set and not all of its readers are. So if no set between S and
 * T has fewer live bytes than T, then doing T's steps first makes no later state larger; and whether a row dies in a step,
 * so that its bytes can be shared, only becomes more often true.
 */
function orderUnder(memory: LiveMemory, peak: number, budget: Budget): Attempt {
  const { layers } = memory.program;
  const total = stepCount(memory.program);
  const seen = new Set<string>();
  const stack: Reached[] = [{ counts: memory.start(), live: memory.startBytes, from: undefined, steps: [] }];
  let blocked = Number.POSITIVE_INFINITY;
  while (budget.looks > 0) {
    const popped = stack.pop();
    if (popped === undefined) return { complete: true, blocked };
    const state = runFreely(memory, popped, peak, budget);
    const before = seen.size;
    if (seen.add(String.fromCharCode(...state.counts)).size === before) continue;
    if (state.counts.reduce((sum, count) => sum + count, 0) === total)
      return { order: orderTo(state), complete: true, blocked };
    const next: { readonly layer: number; readonly after: number; readonly during: number }[] = [];
    for (let l = 0; l < layers.length; l++) {
      if (!memory.enabled(state.counts, l)) continue;
      const { during, after } = memory.change(state.counts, l);
      if (state.live + during <= peak) next.push({ layer: l, during, after });
      else blocked = Math.min(blocked, state.live + during);
    }
    // On top what adds least: an order that stays low is easier to place.
    next.sort((a, b) => b.after - a.after || a.layer - b.layer);
    for (const { layer, after } of next) {
      const counts = state.counts.slice();
      counts[layer]++;
      stack.push({ counts, live: state.live + after, from: state, steps: [layer] });
    }
  }
  return { complete: false, blocked: peak + alignment };
}

/** What is there at the start, and what the step that needs most RAM takes by itself: no order has a smaller peak. */
function leastPeak(memory: LiveMemory): number {
  return memory.program.layers.reduce((most, _, l) => Math.max(most, memory.leastDuring(l)), memory.startBytes);
}

/** Does all that loses nothing. */
function runFreely(memory: LiveMemory, state: Reached, peak: number, budget: Budget): Reached {
  const run = new Run(memory, state, peak, budget);
  const layers = Array.from(memory.program.layers.keys());
  for (let again = true; again; ) {
    doAtOnce(run, layers);
    const enabled = layers.map(l => run.enabled(l));
    again = layers.some(l => enabled[l] && crossHill(run, l, layers, enabled));
  }
  return run.steps.length === 0 ? state : run.reached(state);
}

/** Steps done from a state on, under a peak. */
class Run {
  readonly counts: Int32Array;
  readonly steps: number[] = [];
  live: number;

  constructor(
    readonly memory: LiveMemory,
    { counts, live }: Pick<Reached, 'counts' | 'live'>,
    private readonly peak: number,
    private readonly budget: Budget,
  ) {
    this.counts = counts.slice();
    this.live = live;
  }

  enabled(layer: number): boolean {
    this.budget.looks--;
    return this.memory.enabled(this.counts, layer);
  }

  /** The change that the next step of a layer makes; nothing when it cannot be done, or not under the peak. */
  possible(layer: number): number | undefined {
    if (!this.enabled(layer)) return undefined;
    const { during, after } = this.memory.change(this.counts, layer);
    return this.live + during > this.peak ? undefined : after;
  }

  perform(layer: number, after: number): void {
    this.counts[layer]++;
    this.steps.push(layer);
    this.live += after;
  }

  /** A run that starts where this one is. */
  branch(): Run {
    return new Run(this.memory, this, this.peak, this.budget);
  }

  adopt(other: Run): void {
    this.counts.set(other.counts);
    this.live = other.live;
    this.steps.push(...other.steps);
  }

  reached(from: Reached): Reached {
    const { counts, live, steps } = this;
    return { counts, live, from, steps };
  }
}

/** Does steps of these layers that make the live bytes no more, while there are any. */
function doAtOnce(run: Run, layers: readonly number[]): void {
  for (let again = true; again; ) {
    again = false;
    for (const l of layers) {
      for (let after = run.possible(l); after !== undefined && after <= 0; after = run.possible(l)) {
        run.perform(l, after);
        again = true;
      }
    }
  }
}

/**
 * Does a step that makes the live bytes more, and what it makes possible, if no more is live afterwards. Only steps that
 * were not possible without the first one may follow it. Why no set between S, before, and T, after, has fewer live bytes
 * than T: one without the first step can only be S. Any other set U becomes T by the steps that it lacks, in the order in
 * which they were done here. Here each made the live bytes no more; live bytes being submodular, it makes them no more where
 * more was done before it. So T has no more live bytes than U.
 */
function crossHill(run: Run, first: number, layers: readonly number[], enabled: readonly boolean[]): boolean {
  const after = run.possible(first);
  if (after === undefined) return false;
  const hill = run.branch();
  hill.perform(first, after);
  doAtOnce(
    hill,
    layers.filter(l => l === first || !enabled[l]),
  );
  if (hill.live > run.live) return false;
  run.adopt(hill);
  return true;
}

function orderTo(state: Reached): Order {
  const parts: (readonly number[])[] = [];
  for (let at: Reached | undefined = state; at !== undefined; at = at.from) parts.push(at.steps);
  return Int32Array.from(parts.reverse().flat());
}
