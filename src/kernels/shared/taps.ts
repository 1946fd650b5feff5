import type { TensorType } from '../../ir/tensor.js';
import { type ConstantTable, elementType } from '../kernel.js';

/** A window over the input as `kernels/shared/taps` gathers it: pointers to runs of bytes. */
export interface TapsView {
  readonly outputWidth: number;
  /** More than one, so that there is something to loop over; likewise below. */
  readonly severalPositions: boolean;
  readonly kernelRows: number;
  readonly severalRows: boolean;
  /** Runs in a kernel row: 1 where the columns of the kernel are contiguous in the input, else one for each column. */
  readonly runsPerRow: number;
  readonly severalRuns: boolean;
  readonly count: number;
  readonly several: boolean;
  /** The taps are the rows themselves, from their beginning. */
  readonly direct: boolean;
  /** Bytes of a run that are multiplied. */
  readonly length: number;
  readonly severalBytes: boolean;
  readonly stridePixels: number;
  readonly strided: boolean;
  /** Bytes from the taps of a position to those of the next. */
  readonly step: number;
  readonly stepped: boolean;
  readonly left: number;
  readonly shifted: boolean;
  readonly inputWidth: number;
  readonly inputChannels: number;
  readonly severalChannels: boolean;
  /** Some window reaches over an edge: above or below, left of the first column, right of the last one, at all. */
  readonly rowsMayMiss: boolean;
  readonly leftMayMiss: boolean;
  readonly rightMayMiss: boolean;
  readonly columnsMayMiss: boolean;
  readonly mayMiss: boolean;
}

export interface WindowGeometry {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
}

/** Does the last of `outputs` windows, or an earlier one, reach over the end of the input? */
function reachesOver(outputs: number, stride: number, before: number, kernel: number, input: number): boolean {
  return (outputs - 1) * stride - before + kernel > input;
}

export function tapsView(
  { kernel, stride, padding }: WindowGeometry,
  input: TensorType,
  output: TensorType,
  splitColumns: boolean,
): TapsView {
  const [rows, columns] = kernel;
  const [top, , left] = padding;
  const { height, width, channels } = input.shape;
  const rowsMayMiss = top > 0 || reachesOver(output.shape.height, stride[0], top, rows, height);
  const rightMayMiss = reachesOver(output.shape.width, stride[1], left, columns, width);
  const columnsMayMiss = left > 0 || rightMayMiss;
  const runsPerRow = columnsMayMiss || splitColumns ? columns : 1;
  const length = (columns / runsPerRow) * channels;
  const step = stride[1] * channels;
  return {
    outputWidth: output.shape.width,
    severalPositions: output.shape.width > 1,
    kernelRows: rows,
    severalRows: rows > 1,
    runsPerRow,
    severalRuns: runsPerRow > 1,
    count: rows * runsPerRow,
    several: rows * runsPerRow > 1,
    direct: output.shape.width === 1 && runsPerRow === 1 && !rowsMayMiss,
    length,
    severalBytes: length > 1,
    stridePixels: stride[1],
    strided: stride[1] > 1,
    step,
    stepped: step > 1,
    left,
    shifted: left > 0,
    inputWidth: width,
    inputChannels: channels,
    severalChannels: channels > 1,
    rowsMayMiss,
    leftMayMiss: left > 0,
    rightMayMiss,
    columnsMayMiss,
    mayMiss: columnsMayMiss || rowsMayMiss,
  };
}

/** The run that stands for a tap outside the input: zero points, since the bias assumes them. */
export function padTable(taps: TapsView, input: TensorType): ConstantTable[] {
  if (!taps.mayMiss) return [];
  const zeroPoint = input.quantisation?.zeroPoint ?? 0;
  return [
    {
      suffix: 'padding',
      ctype: elementType(input),
      values: new Int8Array(taps.length).fill(zeroPoint),
      perLine: 16,
      layout: 'what a tap outside the input reads',
      kind: 'tables',
    },
  ];
}
