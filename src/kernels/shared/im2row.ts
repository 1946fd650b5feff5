import type { TensorType } from '../../ir/tensor.js';
import type { KernelInput } from '../kernel.js';
import { tapsView, type WindowGeometry } from './taps.js';

/** A window over the input whose bytes are put one after the other: what `kernels/shared/clip` and the gathering templates read. */
export interface Im2rowView {
  readonly kernelRows: number;
  readonly severalRows: boolean;
  readonly kernelColumns: number;
  readonly stride: number;
  readonly strided: boolean;
  readonly left: number;
  readonly shifted: boolean;
  /** Where the window starts at the latest without reaching over the right edge. */
  readonly lastColumn: number;
  /** Only of several rows: padding is less than the kernel. */
  readonly rowsMayMiss: boolean;
  readonly columnsMayMiss: boolean;
  /** Bytes of one column and of all columns of the kernel in an input row. */
  readonly columnBytes: number;
  readonly rowBytes: number;
  /** What a tap outside the input reads. */
  readonly zeroPoint: number;
}

export function im2rowView(geometry: WindowGeometry, input: KernelInput, output: TensorType): Im2rowView {
  const taps = tapsView(geometry, input, output, false);
  const [kernelRows, kernelColumns] = geometry.kernel;
  return {
    kernelRows,
    severalRows: taps.severalRows,
    kernelColumns,
    stride: taps.stridePixels,
    strided: taps.strided,
    left: taps.left,
    shifted: taps.shifted,
    lastColumn: input.shape.width - kernelColumns,
    rowsMayMiss: taps.rowsMayMiss,
    columnsMayMiss: taps.columnsMayMiss,
    columnBytes: input.shape.channels,
    rowBytes: kernelColumns * input.shape.channels,
    zeroPoint: input.quantisation?.zeroPoint ?? 0,
  };
}
