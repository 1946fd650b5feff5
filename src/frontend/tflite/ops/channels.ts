import { isIdentity } from '../../../ops/shared/activation.js';
import type { OperatorSite } from '../site.js';
import { clampAfter } from './lookups.js';
import { fusedActivation, type Translation } from './op.js';
import { constantIntegers } from './places.js';

/** CONCATENATION of channels. TFLM copies int8 values, so that all must have the scale of the result. */
export const concatenation: Translation = site => {
  const { axis } = site.operator.options;
  const rank = site.output().dims.length;
  if ((axis < 0 ? axis + rank : axis) !== rank - 1) {
    site.refuse(`joins axis ${axis} of ${rank} dimensions`, 'only channels, the last axis, can be joined');
  }
  if (site.inputCount === 0) site.refuse('has no inputs');
  const parts = Array.from({ length: site.inputCount }, (_, i) => {
    site.requireSameQuantisation(i);
    return site.image(i, `concat_${i}_`);
  });
  const activation = fusedActivation(site);
  const { name } = site.place('concat');
  const plain = isIdentity(activation);
  const quantisation = site.outputQuantisation();
  const joined = site.add({ kind: 'concat', name: plain ? name : `${name}.parts`, inputs: parts, quantisation });
  site.bind(plain ? joined : clampAfter(site, joined, activation, name));
};

/** A slice for each part of the channels. */
function splitChannels(
  site: OperatorSite,
  source: number,
  axisInput: number,
  sizesOf: (channels: number) => readonly number[],
): void {
  const [axis] = constantIntegers(site, axisInput, 'axes');
  const { dims } = site.value(source);
  if ((axis < 0 ? axis + dims.length : axis) !== dims.length - 1) {
    site.refuse(`splits axis ${axis} of ${dims.length} dimensions`, 'only channels, the last axis, can be split');
  }
  const input = site.image(source, 'split');
  const { channels } = input.type.shape;
  let from = 0;
  for (const [i, size] of sizesOf(channels).entries()) {
    site.requireSameQuantisation(source, i);
    const name = `${site.place('split').name}.${i}`;
    site.bind(site.add({ kind: 'slice', name, inputs: [input], options: { from, channels: size } }), i);
    from += size;
  }
}

/** SPLIT along the channels into equal parts. Its first input is the axis. */
export const split: Translation = site =>
  splitChannels(site, 1, 0, channels => {
    const parts = site.operator.outputs.length;
    if (channels % parts !== 0) site.refuse(`splits ${channels} channels into ${parts}`);
    return new Array<number>(parts).fill(channels / parts);
  });

/** SPLIT_V: the same into parts of given sizes, of which one may be -1: what is left. */
export const splitV: Translation = site =>
  splitChannels(site, 0, 2, channels => {
    const given = constantIntegers(site, 1, 'sizes');
    const known = given.reduce((sum, size) => sum + Math.max(size, 0), 0);
    const sizes = given.map(size => (size === -1 ? channels - known : size));
    const sound =
      sizes.length === site.operator.outputs.length &&
      given.filter(size => size === -1).length <= 1 &&
      sizes.every(size => size >= 1) &&
      sizes.reduce((a, b) => a + b, 0) === channels;
    if (!sound) site.refuse(`splits ${channels} channels into [${given.join(', ')}]`);
    return sizes;
  });

/**
 * A SLICE or STRIDED_SLICE that takes a range of every axis, which may be less than all of the channels alone. Axes that are
 * `left` out of the result have one element then.
 */
function sliceChannels(
  site: OperatorSite,
  begin: readonly number[],
  sizes: readonly number[],
  left: (axis: number) => boolean = () => false,
): void {
  site.requireSameQuantisation();
  const value = site.value(0);
  const { dims } = value;
  const last = dims.length - 1;
  const inside = dims.every((size, axis) => begin[axis] >= 0 && sizes[axis] >= 1 && begin[axis] + sizes[axis] <= size);
  if (!inside) site.refuse(`takes [${sizes.join(', ')}] from [${begin.join(', ')}] of [${dims.join(', ')}]`);
  if (dims.some((size, axis) => axis < last && sizes[axis] !== size)) {
    site.refuse(`takes a part of axes of [${dims.join(', ')}]`, 'only channels, the last axis, can be sliced');
  }
  const resultDims = sizes.filter((_, axis) => !left(axis));
  const whole = sizes[last] === dims[last];
  if (whole && resultDims.length === dims.length) {
    site.bindValue(value);
    return;
  }
  const image = site.image(0, 'slice');
  const options = { from: begin[last], channels: sizes[last] };
  const node = whole ? image : site.add({ kind: 'slice', name: site.place('slice').name, inputs: [image], options });
  site.bindValue({ node, dims: resultDims });
}

export const sliceOperator: Translation = site => {
  const { dims } = site.value(0);
  const begin = constantIntegers(site, 1, 'begins');
  const sizes = constantIntegers(site, 2, 'sizes').map((size, axis) => (size === -1 ? dims[axis] - begin[axis] : size));
  if (begin.length !== dims.length || sizes.length !== dims.length) site.refuse('has begins or sizes of another rank');
  sliceChannels(site, begin, sizes);
};

export const stridedSlice: Translation = site => {
  const { dims } = site.value(0);
  const [begins, ends, strides] = [1, 2, 3].map(input => constantIntegers(site, input, 'begins, ends or strides'));
  if ([begins, ends, strides].some(values => values.length !== dims.length))
    site.refuse('has begins, ends or strides of another rank');
  const { begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask, offset } = site.operator.options;
  if (ellipsis_mask !== 0 || new_axis_mask !== 0 || offset !== 0)
    site.refuse('has masks other than begin, end and shrink_axis');
  if (strides.some(stride => stride !== 1))
    site.refuse(`has the strides [${strides.join(', ')}]`, 'a stride of 1 can be imported');
  const bound = (value: number, size: number) => Math.min(Math.max(value < 0 ? value + size : value, 0), size);
  const begin = dims.map((size, axis) => ((begin_mask >> axis) & 1 ? 0 : bound(begins[axis], size)));
  // Of an axis that is left out, one element is taken, wherever the end is said to be.
  const left = (axis: number) => ((shrink_axis_mask >> axis) & 1) === 1;
  const sizes = dims.map((size, axis) =>
    left(axis) ? 1 : ((end_mask >> axis) & 1 ? size : bound(ends[axis], size)) - begin[axis],
  );
  sliceChannels(site, begin, sizes, left);
};
