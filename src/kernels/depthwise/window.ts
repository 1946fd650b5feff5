import type { Node } from '../../ir/graph.js';
import type { DepthwiseConvAttributes } from '../../ops/depthwise-conv/attributes.js';
import type { KernelInput } from '../kernel.js';
import { tapsView } from '../shared/taps.js';

interface WindowRowView {
  readonly index: number;
  /** There may be no such row: then taps come from a table of zero points, which does not advance. */
  readonly mayMiss: boolean;
  /** Bytes from the beginning of the row to the first window that lies inside, and from a window to the next. */
  readonly skip: number;
  readonly step: number;
  /** Where the row is in a window that was copied. */
  readonly windowOffset: number;
}

/** How a kernel that takes its taps from pointers into the rows of the window goes over an output row. */
export interface DepthwiseWindowView {
  readonly channels: number;
  readonly rows: readonly WindowRowView[];
  readonly rowsMayMiss: boolean;
  readonly kernelRows: number;
  readonly kernelColumns: number;
  /** Output positions whose windows reach over an edge, and those between; `column` is where the window starts. */
  readonly hasEdges: boolean;
  readonly leftEdges: readonly { readonly column: number }[];
  readonly rightEdges: readonly { readonly column: number }[];
  readonly insidePositions: number;
  /** Where the window starts at the latest without reaching over the right edge. */
  readonly lastColumn: number;
  /** Bytes of one row of a window. */
  readonly windowBytes: number;
  readonly zeroPoint: number;
}

/** For a depthwise conv without multiplier. */
export function depthwiseWindow(node: Node<DepthwiseConvAttributes>, input: KernelInput): DepthwiseWindowView {
  const { kernel, stride, padding } = node.attributes;
  const [kernelRows, kernelColumns] = kernel;
  const { channels, width } = input.shape;
  const { rowsMayMiss } = tapsView(node.attributes, input, node.type, true);
  const positions = Array.from({ length: node.type.shape.width }, (_, x) => ({ column: x * stride[1] - padding[2] }));
  const lastColumn = width - kernelColumns;
  const leftEdges = positions.filter(({ column }) => column < 0);
  const rightEdges = positions.filter(({ column }) => column >= 0 && column > lastColumn);
  const windowBytes = kernelColumns * channels;
  return {
    channels,
    rows: Array.from({ length: kernelRows }, (_, index) => ({
      index,
      mayMiss: rowsMayMiss,
      skip: (positions[leftEdges.length]?.column ?? 0) * channels,
      step: stride[1] * channels,
      windowOffset: index * windowBytes,
    })),
    rowsMayMiss,
    kernelRows,
    kernelColumns,
    hasEdges: leftEdges.length + rightEdges.length > 0,
    leftEdges,
    rightEdges,
    insidePositions: positions.length - leftEdges.length - rightEdges.length,
    lastColumn,
    windowBytes,
    zeroPoint: input.quantisation?.zeroPoint ?? 0,
  };
}

/** Taps by their number in the window: in each row from right to left, so that the pointer can advance with the last one. */
export function tapOrder(taps: number, kernelColumns: number): number[] {
  return Array.from({ length: taps }, (_, i) => i - 2 * (i % kernelColumns) + kernelColumns - 1);
}
