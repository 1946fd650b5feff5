import { fail } from '../../../diagnostics/diagnostic.js';
import { sameShape } from '../../../ir/tensor.js';
import { type PositionOf, repeatsOf } from '../../import/nearest.js';
import { type Padding, productOf, shapeOf, transposed } from '../../import/values.js';
import type { OperatorContext } from '../context.js';
import { activationData, integerData, requireType } from '../quantisation.js';
import type { Translation } from './op.js';

/** RESHAPE, SQUEEZE, EXPAND_DIMS: other dimensions for the same elements, as the file gives them for the output. */
export const reshape: Translation = context => {
  context.requireSameQuantisation();
  const value = context.value(0);
  const { dims } = context.output();
  if (productOf(value.dims) !== productOf(dims)) context.bindValue(value);
  const [before, after] = [shapeOf(value.dims), shapeOf(dims)];
  if (before !== undefined && after !== undefined && sameShape(before, after)) {
    // Rows and columns stay what they are, and so does padding around them: causal convolutions of sequences have it before.
    context.bindValue({ ...value, dims });
    return;
  }
  const node = value.padding === undefined ? value.node : context.image(0, 'reshape');
  context.bindValue({ node, dims });
};

/** TRANSPOSE, where it moves nothing, shuffles channels, or turns an input in NCHW, which is taken in NHWC then. */
export const transpose: Translation = context => {
  context.requireSameQuantisation();
  const value = context.value(0);
  const order = constantIntegers(context, 1, 'axes');
  const rank = value.dims.length;
  const sound = order.length === rank && [...order].sort((a, b) => a - b).every((axis, i) => axis === i);
  if (!sound) context.refuse(`has the axes [${order.join(', ')}] for ${rank} dimensions`);
  if (order.join() === '0,2,3,1' && context.readsInputAlone()) {
    const dims = order.map(axis => value.dims[axis]);
    const shape = shapeOf(dims);
    const node = shape && context.builder.reshapeSource(value.node, shape);
    if (node !== undefined) {
      context.bindValue({ node, dims });
      return;
    }
  }
  context.bindValue(transposed(context.builder, value, order, context.label('shuffle')));
};

/** RESIZE_NEAREST_NEIGHBOR, where each value is repeated a whole number of times. Source: reference_ops::ResizeNearestNeighbor. */
export const resizeNearestNeighbor: Translation = context => {
  context.requireSameQuantisation();
  const input = context.image(0, 'resize');
  const { height, width } = input.type.shape;
  const sizes = constantIntegers(context, 1, 'sizes');
  if (context.value(0).dims.length !== 4 || sizes.length !== 2) context.refuse(`has the sizes [${sizes.join(', ')}]`);
  const { align_corners: corners, half_pixel_centers: half } = context.operator.options;
  const positionOf: PositionOf = (output, inputSize, outputSize) => {
    const aligned = corners !== 0 && outputSize > 1;
    const scale = Math.fround(aligned ? (inputSize - 1) / (outputSize - 1) : inputSize / outputSize);
    const position = Math.fround(Math.fround(output + (half === 0 ? 0 : 0.5)) * scale);
    return corners === 0 ? Math.floor(position) : Math.round(position);
  };
  const [rows, columns] = [repeatsOf(height, sizes[0], positionOf), repeatsOf(width, sizes[1], positionOf)];
  if (rows === undefined || columns === undefined) {
    return context.refuse(
      `makes ${sizes[0]}x${sizes[1]} of ${height}x${width}${corners === 0 ? '' : ', with aligned corners'}`,
      'enlarge by whole factors, and leave align_corners out',
    );
  }
  const { name } = context.label('resize');
  context.bind(context.add({ kind: 'resize', name, inputs: [input], options: { factor: [rows, columns] } }));
};

/**
 * PAD and PADV2. Rows and columns of zeros are left to the convolution that reads them; what other ops read, or other values,
 * becomes a layer.
 */
export const pad: Translation = context => {
  context.requireSameQuantisation();
  const value = context.value(0);
  const { dims } = value;
  const amounts = constantIntegers(context, 1, 'paddings');
  if (amounts.length !== 2 * dims.length)
    context.refuse(`has ${amounts.length} paddings for ${dims.length} dimensions`);
  const around = dims.map((_, axis) => [amounts[2 * axis], amounts[2 * axis + 1]] as const);
  if (around.flat().some(amount => amount < 0 || amount > 1024))
    context.refuse(`has the paddings [${amounts.join(', ')}]`);
  const padded = dims.map((size, axis) => size + around[axis][0] + around[axis][1]);
  const rank = dims.length;
  const spatial = (rank === 3 || rank === 4) && [0, rank - 1].every(axis => around[axis].every(amount => amount === 0));
  if (!spatial) {
    context.refuse(
      `has the paddings [${amounts.join(', ')}] for [${dims.join(', ')}]`,
      'height and width of a [1, height, width, channels] tensor can be padded',
    );
  }
  const [top, bottom, left, right] = [...(rank === 4 ? around[1] : [0, 0]), ...around[rank - 2]];
  const { scale, zeroPoint } = context.outputQuantisation();
  if (context.hasInput(2)) requireType(context.tensor(2), [context.output().type], context.span);
  const filling = context.hasInput(2) ? activationData(context.tensor(2), context.span)[0] : zeroPoint;
  const before = value.padding ?? [0, 0, 0, 0];
  if (filling === zeroPoint) {
    const padding: Padding = [before[0] + top, before[1] + bottom, before[2] + left, before[3] + right];
    context.bindValue({ node: value.node, dims: padded, padding });
    return;
  }
  const { name } = context.label('pad');
  const options = { padding: { top, bottom, left, right }, value: scale * (filling - zeroPoint) };
  context.bind(context.add({ kind: 'pad', name, inputs: [context.image(0, 'pad')], options }));
};

/** Constant int32 values. */
export function constantIntegers(context: OperatorContext, input: number, what: string): readonly number[] {
  if (!context.isConstant(input)) {
    fail('E0124', `${context.operator.kind} has ${what} that are known at run time only`, {
      span: context.span,
      hint: 'convert the network with fixed shapes',
    });
  }
  return integerData(context.tensor(input), context.span);
}
