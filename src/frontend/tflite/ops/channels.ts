import { isIdentity } from '../../../ops/shared/activation.js';
import type { OperatorContext } from '../context.js';
import { clampAfter } from './lookups.js';
import { fusedActivation, type Translation } from './op.js';
import { constantIntegers } from './places.js';

/** CONCATENATION of channels. TFLM copies int8 values, so that all must have the scale of the result. */
export const concatenation: Translation = context => {
  const { axis } = context.operator.options;
  const rank = context.output().dims.length;
  if ((axis < 0 ? axis + rank : axis) !== rank - 1) {
    context.refuse(`joins axis ${axis} of ${rank} dimensions`, 'only channels, the last axis, can be joined');
  }
  if (context.inputCount === 0) context.refuse('has no inputs');
  const parts = Array.from({ length: context.inputCount }, (_, i) => {
    context.requireSameQuantisation(i);
    return context.image(i, `concat_${i}_`);
  });
  const activation = fusedActivation(context);
  const { name } = context.label('concat');
  const plain = isIdentity(activation);
  const quantisation = context.outputQuantisation();
  const joined = context.add({ kind: 'concat', name: plain ? name : `${name}.parts`, inputs: parts, quantisation });
  context.bind(plain ? joined : clampAfter(context, joined, activation, name));
};

/** A slice for each part of the channels. */
function splitChannels(
  context: OperatorContext,
  source: number,
  axisInput: number,
  sizesOf: (channels: number) => readonly number[],
): void {
  const [axis] = constantIntegers(context, axisInput, 'axes');
  const { dims } = context.value(source);
  if ((axis < 0 ? axis + dims.length : axis) !== dims.length - 1) {
    context.refuse(`splits axis ${axis} of ${dims.length} dimensions`, 'only channels, the last axis, can be split');
  }
  const input = context.image(source, 'split');
  const { channels } = input.type.shape;
  let from = 0;
  for (const [i, size] of sizesOf(channels).entries()) {
    context.requireSameQuantisation(source, i);
    const name = `${context.label('split').name}.${i}`;
    context.bind(context.add({ kind: 'slice', name, inputs: [input], options: { from, channels: size } }), i);
    from += size;
  }
}

/** SPLIT along the channels into equal parts. Its first input is the axis. */
export const split: Translation = context =>
  splitChannels(context, 1, 0, channels => {
    const parts = context.operator.outputs.length;
    if (channels % parts !== 0) context.refuse(`splits ${channels} channels into ${parts}`);
    return new Array<number>(parts).fill(channels / parts);
  });

/** SPLIT_V: the same into parts of given sizes, of which one may be -1: what is left. */
export const splitV: Translation = context =>
  splitChannels(context, 0, 2, channels => {
    const given = constantIntegers(context, 1, 'sizes');
    const known = given.reduce((sum, size) => sum + Math.max(size, 0), 0);
    const sizes = given.map(size => (size === -1 ? channels - known : size));
    const sound =
      sizes.length === context.operator.outputs.length &&
      given.filter(size => size === -1).length <= 1 &&
      sizes.every(size => size >= 1) &&
      sizes.reduce((a, b) => a + b, 0) === channels;
    if (!sound) context.refuse(`splits ${channels} channels into [${given.join(', ')}]`);
    return sizes;
  });

/**
 * A SLICE or STRIDED_SLICE that takes a range of every axis, which may be less than all of the channels alone. Axes that are
 * `left` out of the result have one element then.
 */
function sliceChannels(
  context: OperatorContext,
  begin: readonly number[],
  sizes: readonly number[],
  left: (axis: number) => boolean = () => false,
): void {
  context.requireSameQuantisation();
  const value = context.value(0);
  const { dims } = value;
  const last = dims.length - 1;
  const inside = dims.every((size, axis) => begin[axis] >= 0 && sizes[axis] >= 1 && begin[axis] + sizes[axis] <= size);
  if (!inside) context.refuse(`takes [${sizes.join(', ')}] from [${begin.join(', ')}] of [${dims.join(', ')}]`);
  if (dims.some((size, axis) => axis < last && sizes[axis] !== size)) {
    context.refuse(`takes a part of axes of [${dims.join(', ')}]`, 'only channels, the last axis, can be sliced');
  }
  const resultDims = sizes.filter((_, axis) => !left(axis));
  const whole = sizes[last] === dims[last];
  if (whole && resultDims.length === dims.length) {
    context.bindValue(value);
    return;
  }
  const image = context.image(0, 'slice');
  const options = { from: begin[last], channels: sizes[last] };
  const node = whole
    ? image
    : context.add({ kind: 'slice', name: context.label('slice').name, inputs: [image], options });
  context.bindValue({ node, dims: resultDims });
}

export const sliceOperator: Translation = context => {
  const { dims } = context.value(0);
  const begin = constantIntegers(context, 1, 'begins');
  const sizes = constantIntegers(context, 2, 'sizes').map((size, axis) =>
    size === -1 ? dims[axis] - begin[axis] : size,
  );
  if (begin.length !== dims.length || sizes.length !== dims.length)
    context.refuse('has begins or sizes of another rank');
  sliceChannels(context, begin, sizes);
};

export const stridedSlice: Translation = context => {
  const { dims } = context.value(0);
  const [begins, ends, strides] = [1, 2, 3].map(input => constantIntegers(context, input, 'begins, ends or strides'));
  if ([begins, ends, strides].some(values => values.length !== dims.length))
    context.refuse('has begins, ends or strides of another rank');
  const { begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask, offset } = context.operator.options;
  if (ellipsis_mask !== 0 || new_axis_mask !== 0 || offset !== 0)
    context.refuse('has masks other than begin, end and shrink_axis');
  if (strides.some(stride => stride !== 1))
    context.refuse(`has the strides [${strides.join(', ')}]`, 'a stride of 1 can be imported');
  const bound = (value: number, size: number) => Math.min(Math.max(value < 0 ? value + size : value, 0), size);
  const begin = dims.map((size, axis) => ((begin_mask >> axis) & 1 ? 0 : bound(begins[axis], size)));
  // Of an axis that is left out, one element is taken, wherever the end is said to be.
  const left = (axis: number) => ((shrink_axis_mask >> axis) & 1) === 1;
  const sizes = dims.map((size, axis) =>
    left(axis) ? 1 : ((end_mask >> axis) & 1 ? size : bound(ends[axis], size)) - begin[axis],
  );
  sliceChannels(context, begin, sizes, left);
};
