import { type PositionOf, repeatsOf } from '../../import/nearest.js';
import type { Padding } from '../../import/values.js';
import type { NodeContext } from '../context.js';
import { shortest } from '../scales.js';
import { dimsOf, reshapedView, type View, viewOf } from '../view.js';
import type { Translation } from './op.js';

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** The input without padding that is still to be put around. */
function materialised(context: NodeContext, short: string): View {
  const view = context.view(0);
  return view.padding === undefined ? view : viewOf(context.image(0, short), view.dims.length);
}

function bindDims(context: NodeContext, view: View, dims: readonly number[]): void {
  const before = dimsOf(view);
  const sound =
    dims.length <= 8 && dims.every(size => Number.isInteger(size) && size >= 1) && product(dims) === product(before);
  if (!sound) context.refuse(`makes [${dims.join(', ')}] of [${before.join(', ')}]`);
  const result =
    reshapedView(view, dims) ??
    context.refuse(
      `makes [${dims.join(', ')}] of [${before.join(', ')}], which mixes parts of rows and channels`,
      'flatten all of a tensor, or split its channels into groups',
    );
  context.bindView(result);
}

export const reshape: Translation = context => {
  const view = materialised(context, 'reshape');
  const before = dimsOf(view);
  const wanted = context.integersOr(1, 'shape', 'dimensions') ?? [];
  const copies = context.int('allowzero', 0) === 0;
  const dims = wanted.map((size, i) => (size === 0 && copies ? (before[i] ?? 0) : size));
  const known = product(dims.filter(size => size !== -1));
  bindDims(
    context,
    view,
    dims.map(size => (size === -1 ? product(before) / known : size)),
  );
};

export const flatten: Translation = context => {
  const view = materialised(context, 'flatten');
  const dims = dimsOf(view);
  const axis = context.int('axis', 1);
  const at = axis < 0 ? axis + dims.length : axis;
  bindDims(context, view, [product(dims.slice(0, at)), product(dims.slice(at))]);
};

export const squeeze: Translation = context => {
  const known = context.known(0);
  if ('integers' in known) {
    context.bindIntegers(known.integers, true);
    return;
  }
  const view = materialised(context, 'squeeze');
  const dims = dimsOf(view);
  const axes = context.integersOr(1, 'axes', 'axes')?.map(axis => (axis < 0 ? axis + dims.length : axis));
  const left = dims.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis)));
  bindDims(context, view, left);
};

export const unsqueeze: Translation = context => {
  if (context.isConstant(0)) {
    context.bindIntegers(context.integers(0, 'numbers'), false);
    return;
  }
  const known = context.known(0);
  if ('integers' in known) {
    context.bindIntegers(known.integers, false);
    return;
  }
  const view = materialised(context, 'unsqueeze');
  const axes = context.integersOr(1, 'axes', 'axes') ?? [];
  const rank = view.dims.length + axes.length;
  const dims = [...dimsOf(view)];
  for (const axis of axes.map(axis => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b)) dims.splice(axis, 0, 1);
  bindDims(context, view, dims);
};

export const transpose: Translation = context => {
  const view = materialised(context, 'transpose');
  const rank = view.dims.length;
  const order = context.ints('perm') ?? view.dims.map((_, i) => rank - 1 - i);
  const sound = order.length === rank && [...order].sort((a, b) => a - b).every((axis, i) => axis === i);
  if (!sound) context.refuse(`has the axes [${order.join(', ')}] for ${rank} dimensions`);
  context.bindView({ node: view.node, dims: order.map(axis => view.dims[axis]) });
};

/** Pad with zeros is left to the convolution that reads it; what other ops read, or other values, becomes a layer. */
export const pad: Translation = context => {
  const view = context.view(0);
  const rank = view.dims.length;
  const mode = context.attribute('mode')?.text ?? 'constant';
  if (mode !== 'constant') context.refuse(`has the mode '${mode}'`, 'padding with a constant can be imported');
  const given = context.integersOr(1, 'pads', 'pads') ?? [];
  const axes = context.hasInput(3)
    ? context.integers(3, 'axes').map(axis => (axis < 0 ? axis + rank : axis))
    : view.dims.map((_, i) => i);
  const amounts = (axis: number) => {
    const at = axes.indexOf(axis);
    return at < 0 ? [0, 0] : [given[at], given[axes.length + at]];
  };
  const all = view.dims.map((_, axis) => amounts(axis));
  const sound = given.length === 2 * axes.length && all.flat().every(amount => amount >= 0 && amount <= 1024);
  if (!sound || rank < 3 || rank > 4 || all[0].some(Boolean) || all[1].some(Boolean)) {
    context.refuse(`has the pads [${given.join(', ')}] for ${rank} dimensions`, 'height and width can be padded');
  }
  const [rows, columns] = rank === 4 ? [all[2], all[3]] : [[0, 0], all[2]];
  const padding: Padding = [rows[0], rows[1], columns[0], columns[1]];
  const value = context.hasInput(2) ? context.reals(2)[0] : (context.attribute('value')?.float ?? 0);
  if (value === 0 && rank === 4) {
    const before = view.padding ?? [0, 0, 0, 0];
    const around: Padding = [
      before[0] + padding[0],
      before[1] + padding[1],
      before[2] + padding[2],
      before[3] + padding[3],
    ];
    context.bindView({ node: view.node, dims: view.dims, padding: around });
    return;
  }
  const input = context.image(0, 'pad');
  const [top, bottom, left, right] = padding;
  const options = { padding: { top, bottom, left, right }, ...(value === 0 ? {} : { value: shortest(value) }) };
  context.bind(context.add({ kind: 'pad', name: context.label('pad').name, inputs: [input], options }), rank);
};

/** The dimensions of a tensor, which the file computes with: PyTorch writes `x.view(x.size(0), -1)` so. */
export const shape: Translation = context => {
  const dims = dimsOf(context.view(0));
  context.bindIntegers(dims.slice(context.int('start', 0), context.attribute('end')?.int), false);
};

export const gather: Translation = context => {
  const known = context.known(0);
  if (!('integers' in known) || context.int('axis', 0) !== 0) return context.refuse('takes elements of a tensor');
  const { dims } = context.constant(1).tensor;
  const picked = context.integers(1, 'indices').map(i => known.integers[i < 0 ? i + known.integers.length : i]);
  if (picked.some(value => value === undefined)) context.refuse('takes a dimension that is not there');
  context.bindIntegers(picked, dims.length === 0);
};

/** A cast between float types, or of a shape. */
export const cast: Translation = context => {
  const known = context.known(0);
  if ('integers' in known) {
    context.bindIntegers(known.integers, known.scalar);
    return;
  }
  if (![1, 10, 11, 16].includes(context.int('to', 1))) context.refuse('makes a tensor of another type');
  context.bindView(known);
};

/** Positions by `coordinate_transformation_mode`. Source: the specification of Resize. */
const coordinates: Readonly<Record<string, PositionOf>> = {
  half_pixel: (x, inputSize, outputSize) => ((x + 0.5) * inputSize) / outputSize - 0.5,
  half_pixel_symmetric: (x, inputSize, outputSize) => ((x + 0.5) * inputSize) / outputSize - 0.5,
  pytorch_half_pixel: (x, inputSize, outputSize) => (outputSize > 1 ? ((x + 0.5) * inputSize) / outputSize - 0.5 : 0),
  asymmetric: (x, inputSize, outputSize) => (x * inputSize) / outputSize,
  align_corners: (x, inputSize, outputSize) => (outputSize > 1 ? (x * (inputSize - 1)) / (outputSize - 1) : 0),
};

/** Whole positions by `nearest_mode`. */
const nearestModes: Readonly<Record<string, (position: number) => number>> = {
  round_prefer_floor: position => Math.ceil(position - 0.5),
  round_prefer_ceil: position => Math.floor(position + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Resize to the nearest neighbour, where each value is repeated a whole number of times. */
export const resize: Translation = context => {
  const rank = dimsOf(context.view(0)).length;
  const input = context.image(0, 'resize');
  const { height, width, channels } = input.type.shape;
  const mode = context.attribute('mode')?.text ?? 'nearest';
  if (mode !== 'nearest' || rank !== 4) {
    context.refuse(
      `has the mode ${mode} for ${rank} dimensions`,
      'enlarge images to the nearest neighbour: mode="nearest"',
    );
  }
  const old = context.inputCount === 2;
  const transformation =
    context.attribute('coordinate_transformation_mode')?.text ?? (old ? 'asymmetric' : 'half_pixel');
  const nearest = context.attribute('nearest_mode')?.text ?? (old ? 'floor' : 'round_prefer_floor');
  const [coordinate, whole] = [coordinates[transformation], nearestModes[nearest]];
  if (coordinate === undefined || whole === undefined || context.attribute('axes') !== undefined)
    context.refuse(`has the rules ${transformation} and ${nearest}, or axes of its own`);
  const before = [1, channels, height, width];
  const policy = context.attribute('keep_aspect_ratio_policy')?.text ?? 'stretch';
  if (policy !== 'stretch') context.refuse(`has the policy ${policy}`, 'export it with the sizes that it makes');
  const scales = context.hasInput(3) ? [] : context.reals(old ? 1 : 2);
  // Positions are divided by the scale itself, also where it makes a whole size of another scale: 2.03 times 32 rows are 64.
  if (scales.some(scale => !Number.isInteger(scale))) {
    context.refuse(
      `has the scales [${scales.join(', ')}]`,
      'enlarge height and width by whole factors: scale_factor=2 of torch.nn.Upsample',
    );
  }
  const after = context.hasInput(3)
    ? context.integers(3, 'sizes')
    : scales.map((scale, axis) => (before[axis] ?? 0) * scale);
  const positionOf: PositionOf = (...sizes) => whole(coordinate(...sizes));
  const [, , rows, columns] = before.map((size, axis) => repeatsOf(size, after[axis], positionOf));
  const others = after.length === 4 && after[0] === 1 && after[1] === channels;
  if (!others || rows === undefined || columns === undefined) {
    return context.refuse(
      `makes [${after.join(', ')}] of [${before.join(', ')}], by ${transformation} and ${nearest}`,
      'enlarge height and width by whole factors: scale_factor=2 of torch.nn.Upsample',
    );
  }
  const { name } = context.label('resize');
  context.bind(context.add({ kind: 'resize', name, inputs: [input], options: { factor: [rows, columns] } }), rank);
};
