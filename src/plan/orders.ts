import { LiveMemory } from './live-memory.js';
import type { RowProgram, Step } from './row-program.js';

/** An order of all steps of a program: the layer whose next step is done, step by step. */
export type Order = Int32Array;

/** All steps of a layer, then the next layer. */
export function layerByLayer({ layers }: RowProgram): Order {
  return Int32Array.from(layers.flatMap(({ steps }, l) => new Array<number>(steps).fill(l)));
}

/**
 * Asks the last layer for its last step, and before each step does what it needs, depth first. Steps that make a row which
 * nobody reads are done as soon as they can be.
 *
 * @param cuts layers in their order, of which all steps are asked for before anything after them
 * @param memory of the program, for who has it
 */
export function demandDriven(
  program: RowProgram,
  cuts: readonly number[] = [],
  memory: LiveMemory = new LiveMemory(program),
): Order {
  const { layers } = program;
  const counts = memory.start();
  const order: number[] = [];
  const perform = (l: number): void => {
    counts[l]++;
    order.push(l);
  };
  /** Iterative, since a chain of layers may be longer than the call stack is deep. */
  const demand = (last: number, steps: number): void => {
    const wanted = [{ layer: last, steps }];
    for (let top = wanted.at(-1); top !== undefined; top = wanted.at(-1)) {
      const { layer: l } = top;
      if (counts[l] >= top.steps) {
        wanted.pop();
        continue;
      }
      const missing = memory.missing(counts, l);
      if (missing !== undefined) wanted.push(missing);
      else {
        perform(l);
        drain();
      }
    }
  };
  /** Does steps that need no more memory than there is already, and that nobody will ask for. */
  const unread = layers
    .map((_, l) => ({ layer: l, steps: memory.unreadSteps(l) }))
    .filter(({ steps }) => steps.size > 0);
  const drain = (): void => {
    for (const { layer: l, steps } of unread) {
      while (steps.has(counts[l]) && memory.enabled(counts, l)) perform(l);
    }
  };
  drain();
  for (const l of cuts) demand(l, layers[l].steps);
  for (let l = layers.length - 1; l >= 0; l--) demand(l, layers[l].steps);
  return Int32Array.from(order);
}

/** The steps of an order, each with its number within its layer. */
export function stepsOf(order: Order, layers: number): Step[] {
  const counts = new Int32Array(layers);
  return Array.from(order, layer => ({ layer, index: counts[layer]++ }));
}

/** The order of given steps. */
export function orderOf(steps: readonly Step[]): Order {
  return Int32Array.from(steps, step => step.layer);
}

/** Live bytes during each step of an order. @throws RangeError when a step comes before what it needs */
export function liveCurve(memory: LiveMemory, order: Order): Float64Array {
  const counts = memory.start();
  let live = memory.startBytes;
  return Float64Array.from(order, layer => {
    if (!memory.enabled(counts, layer)) throw new RangeError(`a step of layer ${layer} comes before what it reads`);
    const { during, after } = memory.change(counts, layer);
    const most = live + during;
    live += after;
    counts[layer]++;
    return most;
  });
}

/** The largest number of live bytes of an order. */
export function peakOf(memory: LiveMemory, order: Order): number {
  return liveCurve(memory, order).reduce((a, b) => Math.max(a, b), 0);
}
