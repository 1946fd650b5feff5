import type { RowWindow } from '../ops/op.js';

/** A tensor as the planner sees it: rows of equal size. */
export interface RowTensor {
  readonly name: string;
  readonly rows: number;
  /** Bytes of one row. */
  readonly rowBytes: number;
  /**
   * Rows of the arena are placed by the planner; the caller supplies the rows of `input` and takes those of `output`.
   * `consumed`: an input whose bytes may be overwritten when nobody needs them any more; see image.ts.
   */
  readonly home: 'arena' | 'input' | 'consumed' | 'output';
}

/** Has a tensor rows in the space that is planned? */
export const isPlanned = ({ home }: RowTensor): boolean => home === 'arena' || home === 'consumed';

/** One tensor that a layer reads. */
export interface RowInput {
  /** Index into the tensors. */
  readonly tensor: number;
  /** Step `k` reads the rows that the window of output row `k` has: see {@link rowsRead}. */
  readonly window: RowWindow;
  /**
   * Where the output row may lie over a row that is read for the last time: its first byte must be at least so many bytes
   * before that row's first byte. Absent: nowhere. It follows from the order in which the kernel reads and writes.
   */
  readonly overlay?: number | undefined;
}

/** A layer: a sequence of steps that are done in order. */
export interface RowLayer {
  readonly name: string;
  readonly inputs: readonly RowInput[];
  /** Index of the tensor that it makes. */
  readonly output: number;
  readonly steps: number;
  /** `each`: every step makes the row with its number. `last`: rows stream into sums, and the last step makes row 0. */
  readonly makes: 'each' | 'last';
  /** Bytes that the layer keeps from its first step to its last: the sums of a layer that accumulates. */
  readonly stateBytes: number;
  /** Bytes that each step needs while it runs. */
  readonly scratchBytes: number;
}

/** What is planned: layers over rows, without a trace of what they compute. */
export interface RowProgram {
  readonly tensors: readonly RowTensor[];
  /** Each after the layers that make what it reads. */
  readonly layers: readonly RowLayer[];
}

/** One unit of work, in the order of a plan. */
export interface Step {
  /** Index into the layers. */
  readonly layer: number;
  /** Number of the step within its layer; also the row that it makes, where each step makes one. */
  readonly index: number;
}

/** Alignment of every buffer, in bytes: kernels may load words. */
export const alignment = 4;

/** What a buffer of so many bytes takes in the arena. */
export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment;

/** Rows that step `index` reads of a tensor of `height` rows: first and one past the last. Equal when there are none. */
export function rowsRead(
  { rows, stride, before, repeat = 1 }: RowWindow,
  index: number,
  height: number,
): readonly [number, number] {
  const start = Math.floor(index / repeat) * stride - before;
  const first = Math.max(start, 0);
  return [first, Math.max(first, Math.min(start + rows, height))];
}

/** The row that a step makes, if it makes one. */
export function rowMade(layer: RowLayer, index: number): number | undefined {
  if (layer.makes === 'each') return index;
  return index === layer.steps - 1 ? 0 : undefined;
}

export function stepCount(program: RowProgram): number {
  return program.layers.reduce((sum, layer) => sum + layer.steps, 0);
}
