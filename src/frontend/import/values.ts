import { fail } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import type { Node } from '../../ir/graph.js';
import { elementCount, type Shape, sameShape } from '../../ir/tensor.js';
import type { ImportBuilder } from './import-builder.js';

/** Rows and columns around a tensor: top, bottom, left, right. */
export type Padding = readonly [number, number, number, number];

/**
 * A tensor of an imported file. Ops that only give elements new places are not carried out where they appear, but kept here
 * until somebody reads the tensor: most of them then turn out to be nothing.
 */
export interface Value {
  /** The elements of `dims` in row-major order are those of the node's tensor in the order height, width, channels. */
  readonly node: Node;
  readonly dims: readonly number[];
  /** Zeros still to be put around; a convolution does that by itself. */
  readonly padding?: Padding | undefined;
}

export const productOf = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/**
 * [1, H, W, C], [1, W, C], [W, C] or [C] as height, width and channels; undefined for what is no activation. A matrix is rows
 * that layers treat alike: what a dense layer over the last axis of three is turned into.
 */
export function shapeOf(dims: readonly number[]): Shape | undefined {
  const [batch = 1, ...rest] = dims.length > 2 ? dims : [1, ...dims];
  if (batch !== 1 || rest.length > 3 || rest.some(size => size < 1)) return undefined;
  const [channels = 1, width = 1, height = 1] = [...rest].reverse();
  return { height, width, channels };
}

/** What a layer that is not in the file is called after, and where its operator is. */
export interface Label {
  readonly name: string;
  readonly span: Span;
}

/** The node whose tensor has the shape that the dimensions say; reshaped where needed, with its padding. */
export function imageOf(builder: ImportBuilder, value: Value, label: Label): Node {
  const node = unpaddedImageOf(builder, value, label);
  if (value.padding === undefined) return node;
  const [top, bottom, left, right] = value.padding;
  const options = { padding: { top, bottom, left, right } };
  return builder.add({ kind: 'pad', ...label, name: `${label.name}.pad`, inputs: [node], options });
}

/** The same without the padding, for ops that pad by themselves. */
export function unpaddedImageOf(builder: ImportBuilder, value: Value, label: Label): Node {
  const { node, padding = [0, 0, 0, 0] } = value;
  const padded = shapeOf(value.dims);
  if (padded === undefined) {
    return fail('E0124', `a tensor of shape [${value.dims.join(', ')}] is no [1, height, width, channels]`, label);
  }
  const [top, bottom, left, right] = padding;
  const shape = { ...padded, height: padded.height - top - bottom, width: padded.width - left - right };
  if (sameShape(shape, node.type.shape)) return node;
  return reshaped(builder, node, shape, label);
}

function reshaped(builder: ImportBuilder, node: Node, shape: Shape, label: Label): Node {
  if (elementCount(shape) !== elementCount(node.type.shape)) {
    const { height, width, channels } = shape;
    fail(
      'E0124',
      `a tensor of ${elementCount(node.type.shape)} elements cannot be ${height}x${width}x${channels}`,
      label,
    );
  }
  const source = builder.reshapeSource(node, shape);
  if (source !== undefined) return source;
  return builder.add({
    kind: 'reshape',
    ...label,
    name: `${label.name}.reshape`,
    inputs: [node],
    options: { ...shape },
  });
}

/**
 * The value with its axes in another order: axis `i` of the result is axis `order[i]`. Axes of size one move at no cost; the
 * exchange of two groups of channels is a channel shuffle.
 * @throws CompileError E0122 for any other order
 */
export function transposed(builder: ImportBuilder, value: Value, order: readonly number[], label: Label): Value {
  const dims = order.map(axis => value.dims[axis]);
  const moved = order.filter(axis => value.dims[axis] !== 1);
  if (moved.every((axis, i) => i === 0 || moved[i - 1] < axis)) return { ...value, dims };
  const sorted = [...moved].sort((a, b) => a - b);
  const [groups, perGroup] = sorted.slice(-2).map(axis => value.dims[axis]);
  const inOrder = [...moved.slice(0, -2), moved.at(-1), moved.at(-2)].every((axis, i) => axis === sorted[i]);
  const { channels } = value.node.type.shape;
  if (!inOrder || channels !== groups * perGroup || value.padding !== undefined) {
    fail('E0122', `axes in the order [${order.join(', ')}] of [${value.dims.join(', ')}] are no shuffle of channels`, {
      span: label.span,
      hint: 'only the exchange of groups and channels in a group can be imported, as ShuffleNet has it',
    });
  }
  return { node: builder.add({ kind: 'channelShuffle', ...label, inputs: [value.node], options: { groups } }), dims };
}
