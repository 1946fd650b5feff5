import { overlayOf } from './live-memory.js';
import { aligned, type RowProgram, rowMade, rowsRead, type Step } from './row-program.js';

/** Bytes that are needed from one step to another, both included. */
export interface Block {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
  /**
   * Blocks that are read for the last time in the step that makes this one, and over which it may lie: it must start at
   * least `distance` bytes in front of `block`.
   */
  readonly overlays: readonly { readonly block: number; readonly distance: number }[];
}

/** The buffers of an order: every row of every tensor of the arena, the sums of layers that accumulate, and scratch. */
export interface Buffers {
  readonly blocks: readonly Block[];
  /** Per tensor and row the index of its block; -1 for tensors of the caller. */
  readonly rows: readonly Int32Array[];
  /** Per layer; -1 for a layer without state. */
  readonly states: Int32Array;
  /** Per layer and step; empty for a layer without scratch. */
  readonly scratch: readonly Int32Array[];
}

/** When each buffer of an order is needed, and over what it may lie. */
export function buffersOf(program: RowProgram, steps: readonly Step[]): Buffers {
  const { tensors, layers } = program;
  const inArena = tensors.map(({ home }) => home === 'arena');
  const lastRead = tensors.map(({ rows }) => new Int32Array(rows).fill(-1));
  const first = new Int32Array(layers.length).fill(-1);
  const last = new Int32Array(layers.length).fill(-1);
  for (const [time, { layer: l, index }] of steps.entries()) {
    const layer = layers[l];
    if (first[l] < 0) first[l] = time;
    last[l] = time;
    for (const { tensor, window } of layer.inputs) {
      const [begin, end] = rowsRead(window, index, tensors[tensor].rows);
      lastRead[tensor].fill(time, begin, end);
    }
  }

  const blocks: Block[] = [];
  const add = (bytes: number, from: number, to: number, overlays: Block['overlays'] = []): number =>
    blocks.push({ bytes: aligned(bytes), from, to, overlays }) - 1;
  const rows = tensors.map(({ rows }) => new Int32Array(rows).fill(-1));
  const states = new Int32Array(layers.length).fill(-1);
  const scratch = layers.map(({ steps: count, scratchBytes }) => new Int32Array(scratchBytes > 0 ? count : 0));
  // In the order of the steps, so that what a row may lie over has its index already.
  for (const [time, { layer: l, index }] of steps.entries()) {
    const layer = layers[l];
    if (layer.scratchBytes > 0) scratch[l][index] = add(layer.scratchBytes, time, time);
    if (layer.stateBytes > 0 && first[l] === time) states[l] = add(layer.stateBytes, time, last[l]);
    const row = rowMade(layer, index);
    if (row === undefined || !inArena[layer.output]) continue;
    const overlays: { block: number; distance: number }[] = [];
    for (const tensor of new Set(layer.inputs.map(input => input.tensor))) {
      const distance = overlayOf(layer, tensor);
      if (distance === undefined || !inArena[tensor]) continue;
      for (const [r, end] of lastRead[tensor].entries()) {
        if (end === time) overlays.push({ block: rows[tensor][r], distance: aligned(distance) });
      }
    }
    const until = Math.max(time, lastRead[layer.output][row]);
    rows[layer.output][row] = add(tensors[layer.output].rowBytes, time, until, overlays);
  }
  return { blocks, rows, states, scratch };
}
