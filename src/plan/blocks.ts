import { imageOf } from './image.js';
import { overlayOf } from './live-memory.js';
import { aligned, isPlanned, type RowProgram, rowMade, rowsRead, type Step } from './row-program.js';

/** Bytes that are needed from one step to another, both included. */
export interface Block {
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
  /**
   * Blocks that are read for the last time in the step that makes this one, and over which it may lie: it must start at
   * least `distance` bytes before `block`.
   */
  readonly overlays: readonly { readonly block: number; readonly distance: number }[];
  /** Where it has to lie; absent where that is the planner's choice, which is always a word. */
  readonly pinned?: number | undefined;
}

/** The buffers of an order: every row of every tensor of the arena, the sums of layers that accumulate, and scratch. */
export interface Buffers {
  readonly blocks: readonly Block[];
  /** Per tensor and row the index of its block; -1 for tensors of the caller, and for image rows that nobody reads. */
  readonly rows: readonly Int32Array[];
  /** Per layer; -1 for a layer without state. */
  readonly states: Int32Array;
  /** Per layer and step; empty for a layer without scratch. */
  readonly scratch: readonly Int32Array[];
}

/** When each buffer of an order is needed, and over what it may lie. */
export function buffersOf(program: RowProgram, steps: readonly Step[]): Buffers {
  const { tensors, layers } = program;
  const image = imageOf(program);
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
  if (image !== undefined) {
    const { rowBytes } = tensors[image.tensor];
    for (const [row, to] of lastRead[image.tensor].entries()) {
      if (to < 0) continue;
      rows[image.tensor][row] = blocks.push({ bytes: rowBytes, from: 0, to, overlays: [], pinned: row * rowBytes }) - 1;
    }
    // The border to the arena, of three bytes or less or of none: nothing lies across it.
    blocks.push({ bytes: image.end - image.bytes, from: 0, to: steps.length - 1, overlays: [], pinned: image.bytes });
  }
  // In the order of the steps, so that what a row may lie over has its index already.
  for (const [time, { layer: l, index }] of steps.entries()) {
    const layer = layers[l];
    if (layer.scratchBytes > 0) scratch[l][index] = add(layer.scratchBytes, time, time);
    if (layer.stateBytes > 0 && first[l] === time) states[l] = add(layer.stateBytes, time, last[l]);
    const row = rowMade(layer, index);
    if (row === undefined || tensors[layer.output].home !== 'arena') continue;
    const overlays: { block: number; distance: number }[] = [];
    for (const tensor of new Set(layer.inputs.map(input => input.tensor))) {
      const distance = overlayOf(layer, tensor);
      if (distance === undefined || !isPlanned(tensors[tensor])) continue;
      // To a row that does not begin at a word, the distance is kept to the byte.
      const kept = tensor === image?.tensor ? distance : aligned(distance);
      for (const [r, end] of lastRead[tensor].entries()) {
        if (end === time) overlays.push({ block: rows[tensor][r], distance: kept });
      }
    }
    const until = Math.max(time, lastRead[layer.output][row]);
    rows[layer.output][row] = add(tensors[layer.output].rowBytes, time, until, overlays);
  }
  return { blocks, rows, states, scratch };
}
