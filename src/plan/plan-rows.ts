import { type Buffers, buffersOf } from './blocks.js';
import { findOrder } from './candidates.js';
import type { Placement } from './first-fit.js';
import { arenaStart } from './image.js';
import { LiveMemory } from './live-memory.js';
import { demandDriven, layerByLayer, type Order, peakOf, stepsOf } from './orders.js';
import { placeBlocks } from './place.js';
import type { RowProgram, Step } from './row-program.js';

/** Which order of steps: the best that is found, or one of the two that set the standard. */
export type OrderGoal = 'search' | 'demand' | 'layers';

/** When everything happens and where everything lies. */
export interface RowPlan {
  readonly program: RowProgram;
  readonly steps: readonly Step[];
  readonly buffers: Buffers;
  /** Per block of the buffers, in bytes from the start of the space: of the image that is overwritten, or else of the arena. */
  readonly offsets: Int32Array;
  /** Bytes of the image that the plan overwrites, in whole words: the arena begins behind them. 0 where it overwrites none. */
  readonly imageBytes: number;
  readonly arenaBytes: number;
  /**
   * The row-live bound of this order: the peak over the steps of live row bytes, when no two rows share any. The arena can
   * be smaller, where an output row lies over a row that dies. With an image that is overwritten: of live bytes of both,
   * without those of the image. So for all bounds here.
   */
  readonly boundBytes: number;
  /** The row-live bounds of the two orders that are always there, for comparison. */
  readonly standard: { readonly demand: number; readonly layers: number };
  /** No order and no placement of these layers needs less; overlays counted. */
  readonly leastBytes: number;
}

/** How often the search for an order may look at a layer. */
export const searchLimit = 8_000_000;

/** Chooses the order and places the rows. Deterministic: the same program gives the same plan on any machine. */
export function planRows(program: RowProgram, goal: OrderGoal = 'search'): RowPlan {
  const memory = new LiveMemory(program);
  const plain = new LiveMemory(withoutOverlays(program));
  const layers = layerByLayer(program);
  const demand = demandDriven(program);
  const start = arenaStart(program);
  const beside = (bytes: number): number => Math.max(0, bytes - start);
  const standard = { demand: beside(peakOf(plain, demand)), layers: beside(peakOf(plain, layers)) };
  const known = goal === 'layers' ? [layers] : goal === 'demand' ? [demand] : [demand, layers];
  const shared = goal === 'search' ? findOrder(memory, known, searchLimit) : undefined;
  const apart = goal === 'search' ? findOrder(plain, known, searchLimit) : undefined;
  const leastBytes = shared?.lowerBound ?? peakOf(memory, known[0]);
  const attempt = (order: Order, live: LiveMemory) => ({ order, live, peak: peakOf(live, order) });
  // The searched orders as they were searched for first: rows that share no bytes are the easier ones to place.
  const searched = [
    ...(apart === undefined ? [] : [attempt(apart.order, plain)]),
    ...(shared === undefined ? [] : [attempt(shared.order, memory)]),
  ];
  const standardAttempts = known.flatMap(order => [attempt(order, plain), attempt(order, memory)]);
  // A program too large to be searched takes long to place, too: there, searched orders have to promise to save more than
  // one part in a hundred.
  const large = shared !== undefined && shared.peak > shared.lowerBound;
  const standardPeak = Math.min(...standardAttempts.map(({ peak }) => peak));
  const attempts = [...searched.filter(({ peak }) => !large || peak < 0.99 * standardPeak), ...standardAttempts];
  let best: { order: Order; placement: Placement } | undefined;
  for (const { order, live, peak } of attempts) {
    const limit = best?.placement.bytes ?? Number.POSITIVE_INFINITY;
    const bound = Math.max(start, peak);
    if (bound >= limit) continue;
    const { blocks } = buffersOf(live.program, stepsOf(order, program.layers.length));
    const placement = placeBlocks(blocks, bound, limit);
    if (placement !== undefined) best = { order, placement };
  }
  const order = best?.order ?? known[0];
  const steps = stepsOf(order, program.layers.length);
  return {
    program,
    steps,
    buffers: buffersOf(program, steps),
    offsets: best?.placement.offsets ?? new Int32Array(0),
    imageBytes: start,
    arenaBytes: beside(best?.placement.bytes ?? 0),
    boundBytes: beside(peakOf(plain, order)),
    standard,
    leastBytes: beside(leastBytes),
  };
}

/** The same layers, none of whose outputs may lie over its inputs. */
function withoutOverlays(program: RowProgram): RowProgram {
  const layers = program.layers.map(layer => ({
    ...layer,
    inputs: layer.inputs.map(({ tensor, window }) => ({ tensor, window })),
  }));
  return { ...program, layers };
}
