import { type PositionOf, repeatsOf } from '../../import/nearest.js';
import type { Padding } from '../../import/values.js';
import { shortest } from '../scales.js';
import type { NodeSite } from '../site.js';
import { dimsOf, reshapedView, type View, viewOf } from '../view.js';
import type { Translation } from './op.js';

const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** The input without padding that is still to be put around. */
function settled(site: NodeSite, short: string): View {
  const view = site.view(0);
  return view.padding === undefined ? view : viewOf(site.image(0, short), view.dims.length);
}

function bindDims(site: NodeSite, view: View, dims: readonly number[]): void {
  const before = dimsOf(view);
  const sound =
    dims.length <= 8 && dims.every(size => Number.isInteger(size) && size >= 1) && product(dims) === product(before);
  if (!sound) site.refuse(`makes [${dims.join(', ')}] of [${before.join(', ')}]`);
  const result =
    reshapedView(view, dims) ??
    site.refuse(
      `makes [${dims.join(', ')}] of [${before.join(', ')}], which mixes parts of rows and channels`,
      'flatten all of a tensor, or split its channels into groups',
    );
  site.bindView(result);
}

export const reshape: Translation = site => {
  const view = settled(site, 'reshape');
  const before = dimsOf(view);
  const wanted = site.integersOr(1, 'shape', 'dimensions') ?? [];
  const copies = site.int('allowzero', 0) === 0;
  const dims = wanted.map((size, i) => (size === 0 && copies ? (before[i] ?? 0) : size));
  const known = product(dims.filter(size => size !== -1));
  bindDims(
    site,
    view,
    dims.map(size => (size === -1 ? product(before) / known : size)),
  );
};

export const flatten: Translation = site => {
  const view = settled(site, 'flatten');
  const dims = dimsOf(view);
  const axis = site.int('axis', 1);
  const at = axis < 0 ? axis + dims.length : axis;
  bindDims(site, view, [product(dims.slice(0, at)), product(dims.slice(at))]);
};

export const squeeze: Translation = site => {
  const known = site.known(0);
  if ('integers' in known) {
    site.bindIntegers(known.integers, true);
    return;
  }
  const view = settled(site, 'squeeze');
  const dims = dimsOf(view);
  const axes = site.integersOr(1, 'axes', 'axes')?.map(axis => (axis < 0 ? axis + dims.length : axis));
  const left = dims.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis)));
  bindDims(site, view, left);
};

export const unsqueeze: Translation = site => {
  if (site.isConstant(0)) {
    site.bindIntegers(site.integers(0, 'numbers'), false);
    return;
  }
  const known = site.known(0);
  if ('integers' in known) {
    site.bindIntegers(known.integers, false);
    return;
  }
  const view = settled(site, 'unsqueeze');
  const axes = site.integersOr(1, 'axes', 'axes') ?? [];
  const rank = view.dims.length + axes.length;
  const dims = [...dimsOf(view)];
  for (const axis of axes.map(axis => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b)) dims.splice(axis, 0, 1);
  bindDims(site, view, dims);
};

export const transpose: Translation = site => {
  const view = settled(site, 'transpose');
  const rank = view.dims.length;
  const order = site.ints('perm') ?? view.dims.map((_, i) => rank - 1 - i);
  const sound = order.length === rank && [...order].sort((a, b) => a - b).every((axis, i) => axis === i);
  if (!sound) site.refuse(`has the axes [${order.join(', ')}] for ${rank} dimensions`);
  site.bindView({ node: view.node, dims: order.map(axis => view.dims[axis]) });
};

/** Pad with zeros is left to the convolution that reads it; what other ops read, or other values, becomes a layer. */
export const pad: Translation = site => {
  const view = site.view(0);
  const rank = view.dims.length;
  const mode = site.attribute('mode')?.text ?? 'constant';
  if (mode !== 'constant') site.refuse(`has the mode '${mode}'`, 'padding with a constant can be imported');
  const given = site.integersOr(1, 'pads', 'pads') ?? [];
  const axes = site.hasInput(3)
    ? site.integers(3, 'axes').map(axis => (axis < 0 ? axis + rank : axis))
    : view.dims.map((_, i) => i);
  const amounts = (axis: number) => {
    const at = axes.indexOf(axis);
    return at < 0 ? [0, 0] : [given[at], given[axes.length + at]];
  };
  const all = view.dims.map((_, axis) => amounts(axis));
  const sound = given.length === 2 * axes.length && all.flat().every(amount => amount >= 0 && amount <= 1024);
  if (!sound || rank < 3 || rank > 4 || all[0].some(Boolean) || all[1].some(Boolean)) {
    site.refuse(`has the pads [${given.join(', ')}] for ${rank} dimensions`, 'height and width can be padded');
  }
  const [rows, columns] = rank === 4 ? [all[2], all[3]] : [[0, 0], all[2]];
  const padding: Padding = [rows[0], rows[1], columns[0], columns[1]];
  const value = site.hasInput(2) ? site.reals(2)[0] : (site.attribute('value')?.float ?? 0);
  if (value === 0 && rank === 4) {
    const before = view.padding ?? [0, 0, 0, 0];
    const around: Padding = [
      before[0] + padding[0],
      before[1] + padding[1],
      before[2] + padding[2],
      before[3] + padding[3],
    ];
    site.bindView({ node: view.node, dims: view.dims, padding: around });
    return;
  }
  const input = site.image(0, 'pad');
  const [top, bottom, left, right] = padding;
  const options = { padding: { top, bottom, left, right }, ...(value === 0 ? {} : { value: shortest(value) }) };
  site.bind(site.add({ kind: 'pad', name: site.place('pad').name, inputs: [input], options }), rank);
};

/** The dimensions of a tensor, which the file computes with: PyTorch writes `x.view(x.size(0), -1)` so. */
export const shape: Translation = site => {
  const dims = dimsOf(site.view(0));
  site.bindIntegers(dims.slice(site.int('start', 0), site.attribute('end')?.int), false);
};

export const gather: Translation = site => {
  const known = site.known(0);
  if (!('integers' in known) || site.int('axis', 0) !== 0) return site.refuse('takes elements of a tensor');
  const { dims } = site.constant(1).tensor;
  const picked = site.integers(1, 'indices').map(i => known.integers[i < 0 ? i + known.integers.length : i]);
  if (picked.some(value => value === undefined)) site.refuse('takes a dimension that is not there');
  site.bindIntegers(picked, dims.length === 0);
};

/** A cast between float types, or of a shape. */
export const cast: Translation = site => {
  const known = site.known(0);
  if ('integers' in known) {
    site.bindIntegers(known.integers, known.scalar);
    return;
  }
  if (![1, 10, 11, 16].includes(site.int('to', 1))) site.refuse('makes a tensor of another type');
  site.bindView(known);
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
export const resize: Translation = site => {
  const rank = dimsOf(site.view(0)).length;
  const input = site.image(0, 'resize');
  const { height, width, channels } = input.type.shape;
  const mode = site.attribute('mode')?.text ?? 'nearest';
  if (mode !== 'nearest' || rank !== 4) {
    site.refuse(
      `has the mode ${mode} for ${rank} dimensions`,
      'enlarge images to the nearest neighbour: mode="nearest"',
    );
  }
  const old = site.inputCount === 2;
  const transformation = site.attribute('coordinate_transformation_mode')?.text ?? (old ? 'asymmetric' : 'half_pixel');
  const nearest = site.attribute('nearest_mode')?.text ?? (old ? 'floor' : 'round_prefer_floor');
  const [coordinate, whole] = [coordinates[transformation], nearestModes[nearest]];
  if (coordinate === undefined || whole === undefined || site.attribute('axes') !== undefined)
    site.refuse(`has the rules ${transformation} and ${nearest}, or axes of its own`);
  const before = [1, channels, height, width];
  const after = site.hasInput(3)
    ? site.integers(3, 'sizes')
    : Array.from(site.reals(old ? 1 : 2), (scale, axis) => Math.floor((before[axis] ?? 0) * scale));
  const positionOf: PositionOf = (...sizes) => whole(coordinate(...sizes));
  const [, , rows, columns] = before.map((size, axis) => repeatsOf(size, after[axis], positionOf));
  const others = after.length === 4 && after[0] === 1 && after[1] === channels;
  if (!others || rows === undefined || columns === undefined) {
    return site.refuse(
      `makes [${after.join(', ')}] of [${before.join(', ')}], by ${transformation} and ${nearest}`,
      'enlarge height and width by whole factors: scale_factor=2 of torch.nn.Upsample',
    );
  }
  const { name } = site.place('resize');
  site.bind(site.add({ kind: 'resize', name, inputs: [input], options: { factor: [rows, columns] } }), rank);
};
