import type { Graph } from '../ir/graph.js';
import { rowBytes } from '../ir/tensor.js';
import { heightOf, type Layer, rowsRead, type Step } from './steps.js';

/** When the rows of one tensor are made and last read, as step numbers. A row that nobody reads dies where it is made. */
export interface TensorLifetime {
  readonly name: string;
  readonly rowBytes: number;
  readonly made: readonly number[];
  readonly lastRead: readonly number[];
}

/** Lifetimes of the rows of every tensor that lives in the arena: all but the caller's input and output. */
export function rowLifetimes(graph: Graph, layers: readonly Layer[], steps: readonly Step[]): TensorLifetime[] {
  const made = new Map(layers.map(({ node }) => [node.name, new Array<number>(node.type.shape.height).fill(0)]));
  const read = new Map(layers.map(({ node }) => [node.name, new Array<number>(node.type.shape.height).fill(-1)]));
  for (const [time, { layer, row }] of steps.entries()) {
    const { node, window } = layers[layer];
    const times = made.get(node.name);
    if (times !== undefined) times[row] = time;
    for (const input of node.inputs) {
      const reads = read.get(input);
      if (reads === undefined) continue;
      const [first, end] = rowsRead(window, row, heightOf(graph, input));
      for (let r = first; r < end; r++) reads[r] = time;
    }
  }
  return layers
    .filter(({ node }) => node.name !== graph.output)
    .map(({ node }) => {
      const births = made.get(node.name) ?? [];
      const deaths = (read.get(node.name) ?? []).map((time, row) => Math.max(time, births[row]));
      return { name: node.name, rowBytes: rowBytes(node.type), made: births, lastRead: deaths };
    });
}

/** Bytes of live rows at each step. Its largest value is the row-live bound: no allocation of these steps can need less. */
export function liveBytes(lifetimes: readonly TensorLifetime[], steps: number): Float64Array {
  const change = new Float64Array(steps + 1);
  for (const { made, lastRead, rowBytes: bytes } of lifetimes) {
    for (const [row, birth] of made.entries()) {
      change[birth] += bytes;
      change[lastRead[row] + 1] -= bytes;
    }
  }
  let live = 0;
  return change.subarray(0, steps).map(delta => {
    live += delta;
    return live;
  });
}
