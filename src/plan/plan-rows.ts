import { allocateBlocks } from './allocate.js';
import { type Buffers, buffersOf } from './blocks.js';
import { findOrder } from './candidates.js';
import type { Allocation } from './first-fit.js';
import { arenaStart } from './image.js';
import { LiveMemory } from './live-memory.js';
import { demandDriven, layerByLayer, type Order, peakOf, stepsOf } from './orders.js';
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
  /** Bytes of the image that the plan overwrites, in whole words: the arena begins after them. 0 where it overwrites none. */
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
  /** No order and no allocation of these layers needs less; overlays counted. */
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
  const apart = goal === 'search' ? findOrder(plain, known, searchLimit) : undefined;
  // Where that came to no end, another search would not, either: once is enough.
  const ended = apart !== undefined && apart.peak === apart.lowerBound;
  const shared = apart && findOrder(memory, [...known, apart.order], ended ? searchLimit : 0);
  const leastBytes = shared?.lowerBound ?? peakOf(memory, known[0]);
  const attempt = (order: Order, live: LiveMemory) => ({ order, live, peak: peakOf(live, order) });
  const searched = [
    ...(apart === undefined ? [] : [attempt(apart.order, plain)]),
    ...(shared === undefined ? [] : [attempt(shared.order, memory)]),
  ];
  const standardAttempts = known.flatMap(order => [attempt(order, plain), attempt(order, memory)]);
  // A program too large to be searched takes long to place, too: there, searched orders have to promise to save more than
  // one part in a hundred.
  const large = shared !== undefined && shared.peak > shared.lowerBound;
  const standardPeak = Math.min(...standardAttempts.map(({ peak }) => peak));
  // The least peak first: what is placed well spares the others whose peak alone is larger.
  const attempts = [...searched.filter(({ peak }) => !large || peak < 0.99 * standardPeak), ...standardAttempts].sort(
    (a, b) => a.peak - b.peak,
  );
  let best: { order: Order; allocation: Allocation } | undefined;
  for (const [i, { order, live, peak }] of attempts.entries()) {
    if (attempts.slice(0, i).some(earlier => earlier.live === live && isEqual(earlier.order, order))) continue;
    const bound = Math.max(start, peak);
    if (best !== undefined && bound >= best.allocation.bytes) continue;
    const { blocks } = buffersOf(live.program, stepsOf(order, program.layers.length));
    // An order is placed alike whatever was placed before it: more orders never make the plan worse.
    const allocation = allocateBlocks(blocks, bound);
    if (best === undefined || allocation.bytes < best.allocation.bytes) best = { order, allocation };
  }
  const order = best?.order ?? known[0];
  const steps = stepsOf(order, program.layers.length);
  return {
    program,
    steps,
    buffers: buffersOf(program, steps),
    offsets: best?.allocation.offsets ?? new Int32Array(0),
    imageBytes: start,
    arenaBytes: beside(best?.allocation.bytes ?? 0),
    boundBytes: beside(peakOf(plain, order)),
    standard,
    leastBytes: beside(leastBytes),
  };
}

function isEqual(a: Order, b: Order): boolean {
  return a.length === b.length && a.every((layer, i) => layer === b[i]);
}

/** The same layers, none of whose outputs may lie over its inputs. */
function withoutOverlays(program: RowProgram): RowProgram {
  const layers = program.layers.map(layer => ({
    ...layer,
    inputs: layer.inputs.map(({ tensor, window }) => ({ tensor, window })),
  }));
  return { ...program, layers };
}
