import { isIdentity } from '../../../ops/shared/activation.js';
import type { OperatorSite } from '../site.js';
import { clampBehind } from './lookups.js';
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
  site.bind(plain ? joined : clampBehind(site, joined, activation, name));
};

/** SPLIT along the channels: a slice for each part. Its first input is the axis. */
export const split: Translation = site => {
  const [axis] = constantIntegers(site, 0, 'axes');
  const { dims } = site.value(1);
  if ((axis < 0 ? axis + dims.length : axis) !== dims.length - 1) {
    site.refuse(`splits axis ${axis} of ${dims.length} dimensions`, 'only channels, the last axis, can be split');
  }
  const input = site.image(1, 'split');
  const parts = site.operator.outputs.length;
  const channels = input.type.shape.channels / parts;
  if (!Number.isInteger(channels)) site.refuse(`splits ${input.type.shape.channels} channels into ${parts}`);
  for (let i = 0; i < parts; i++) {
    site.requireSameQuantisation(1, i);
    const { name } = site.place('split');
    site.bind(
      site.add({ kind: 'slice', name: `${name}.${i}`, inputs: [input], options: { from: i * channels, channels } }),
      i,
    );
  }
};

/** A SLICE or STRIDED_SLICE that takes a range of every axis, which may be less than all of the channels alone. */
function sliceChannels(site: OperatorSite, begin: readonly number[], sizes: readonly number[]): void {
  site.requireSameQuantisation();
  const { dims } = site.value(0);
  const last = dims.length - 1;
  const inside = dims.every((size, axis) => begin[axis] >= 0 && sizes[axis] >= 1 && begin[axis] + sizes[axis] <= size);
  if (!inside) site.refuse(`takes [${sizes.join(', ')}] from [${begin.join(', ')}] of [${dims.join(', ')}]`);
  if (dims.some((size, axis) => axis < last && sizes[axis] !== size)) {
    site.refuse(`takes a part of axes of [${dims.join(', ')}]`, 'only channels, the last axis, can be sliced');
  }
  if (sizes[last] === dims[last]) {
    site.bindValue(site.value(0));
    return;
  }
  const options = { from: begin[last], channels: sizes[last] };
  site.bind(site.add({ kind: 'slice', name: site.place('slice').name, inputs: [site.image(0, 'slice')], options }));
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
  if (ellipsis_mask !== 0 || new_axis_mask !== 0 || shrink_axis_mask !== 0 || offset !== 0)
    site.refuse('has masks other than begin and end');
  if (strides.some(stride => stride !== 1))
    site.refuse(`has the strides [${strides.join(', ')}]`, 'a stride of 1 can be imported');
  const bound = (value: number, size: number) => Math.min(Math.max(value < 0 ? value + size : value, 0), size);
  const begin = dims.map((size, axis) => ((begin_mask >> axis) & 1 ? 0 : bound(begins[axis], size)));
  const sizes = dims.map((size, axis) => ((end_mask >> axis) & 1 ? size : bound(ends[axis], size)) - begin[axis]);
  sliceChannels(site, begin, sizes);
};
