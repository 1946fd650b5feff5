import type { RowPlan } from './plan-rows.js';
import { rowMade, rowsRead } from './row-program.js';

/** How the steps of a plan are cut where the caller hands in the next input row. */
export interface Pushing {
  /** Per number of rows that were handed in, 0 included: how many steps can be done. */
  readonly stepsAfter: readonly number[];
  /** Steps before this one make no row of the output, which the caller supplies only at the end. */
  readonly outputFrom: number;
  /** Input rows that must be kept at a time; 1 when none outlives the call that hands it in. */
  readonly keptRows: number;
  /** Bytes of the input rows that are kept besides the arena. */
  readonly ringBytes: number;
  /**
   * Bytes of output rows that wait for the end; all rows or none. They are made before the last input row is there, or from that row
   * itself where none is kept: at the end it is no longer there.
   */
  readonly stagedBytes: number;
}

/** Cuts the steps of a plan at input rows. For programs with one input. */
export function cutAtInputRows({ program, steps }: RowPlan): Pushing {
  const { tensors, layers } = program;
  const input = tensors.findIndex(({ home }) => home === 'input');
  const { rows } = tensors[input];
  const lastRead = new Int32Array(rows).fill(-1);
  /** Per step: rows that must have been handed in. */
  const needed = new Int32Array(steps.length);
  let outputFrom = steps.length;
  let [most, lastReader] = [0, -1];
  for (const [time, { layer: l, index }] of steps.entries()) {
    const layer = layers[l];
    for (const { tensor, window } of layer.inputs) {
      if (tensor !== input) continue;
      const [first, end] = rowsRead(window, index, rows);
      lastRead.fill(time, first, end);
      if (end > first) [most, lastReader] = [Math.max(most, end), time];
    }
    needed[time] = most;
    const makesOutput = tensors[layer.output].home === 'output' && rowMade(layer, index) !== undefined;
    if (makesOutput) outputFrom = Math.min(outputFrom, time);
  }
  const stepsAfter = Array.from({ length: rows + 1 }, (_, handedIn) => {
    const waiting = needed.findIndex(need => need > handedIn);
    return waiting < 0 ? steps.length : waiting;
  });
  let keptRows = 1;
  for (let row = 0; row < rows; row++) {
    const oldest = lastRead.findIndex(time => time >= stepsAfter[row]);
    if (oldest >= 0 && oldest < row) keptRows = Math.max(keptRows, row - oldest + 1);
  }
  const { rowBytes } = tensors[input];
  const waits = outputFrom < stepsAfter[rows - 1] || (keptRows === 1 && outputFrom <= lastReader);
  const outputBytes = tensors.reduce((sum, t) => (t.home === 'output' ? sum + t.rows * t.rowBytes : sum), 0);
  return {
    stepsAfter,
    outputFrom,
    keptRows,
    ringBytes: keptRows > 1 ? keptRows * rowBytes : 0,
    stagedBytes: waits ? outputBytes : 0,
  };
}
