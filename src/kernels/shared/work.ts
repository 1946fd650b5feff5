import type { Shape } from '../../ir/tensor.js';
import type { RequantiseView } from '../requantise/generic.js';
import type { WindowGeometry } from './taps.js';

/** How often something is done; what is never done is left out. */
export type Counts = Readonly<Record<string, number>>;

/** Counts without those that are 0: the cost model has to know those alone that are there. */
export function counted(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

/** What a value is called that the portable C of a rounding rule requantises: each rule and case has code of its own. */
export function requantisedKey({ native, tflite, twoSlopes, offsetTable }: RequantiseView): string {
  const rule = native ? 'native' : tflite ? 'tflite' : 'tflite-single';
  return `requantised ${rule}${twoSlopes ? ', two slopes' : ''}${offsetTable ? ', own offsets' : ''}`;
}

/** Taps of all windows of a layer, and how many of them lie inside the input, by axis: each product is a number of taps. */
export interface WindowTaps {
  /** Positions of the output. */
  readonly positions: number;
  /** Over all output rows, rows of their windows that there are; and columns, over all columns of an output row. */
  readonly rowsInside: number;
  readonly rowsMissing: number;
  readonly columnsInside: number;
  readonly columnsMissing: number;
}

export function windowTaps({ kernel, stride, padding }: WindowGeometry, input: Shape, output: Shape): WindowTaps {
  const rowsInside = inside(output.height, kernel[0], stride[0], padding[0], input.height);
  const columnsInside = inside(output.width, kernel[1], stride[1], padding[2], input.width);
  return {
    positions: output.height * output.width,
    rowsInside,
    rowsMissing: output.height * kernel[0] - rowsInside,
    columnsInside,
    columnsMissing: output.width * kernel[1] - columnsInside,
  };
}

/** Along one axis, taps inside the input over all outputs. */
function inside(outputs: number, kernel: number, stride: number, before: number, size: number): number {
  let taps = 0;
  for (let o = 0; o < outputs; o++) {
    const first = o * stride - before;
    taps += Math.max(0, Math.min(first + kernel, size) - Math.max(first, 0));
  }
  return taps;
}
