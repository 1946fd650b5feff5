import type { NodeSite } from '../site.js';
import { dimsOf, viewOf } from '../view.js';
import type { Translation } from './op.js';

const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The rank of an input, whose channels an axis has to be. */
function requireChannels(site: NodeSite, input: number, axis: number, doing: string): number {
  const rank = dimsOf(site.view(input)).length;
  if (rank < 2 || fromEnd(axis, rank) !== 1) {
    site.refuse(`${doing} axis ${axis} of ${rank} dimensions`, 'only channels, axis 1, can be joined and taken apart');
  }
  return rank;
}

/** Concat of channels, or of the parts of a shape. */
export const concat: Translation = site => {
  const count = site.inputCount;
  if (count === 0) site.refuse('has no inputs');
  const inputs = Array.from({ length: count }, (_, i) => i);
  if (inputs.every(i => site.isConstant(i) || 'integers' in site.known(i))) {
    site.bindIntegers(
      inputs.flatMap(i => site.integers(i, 'parts')),
      false,
    );
    return;
  }
  const axis = site.int('axis', 1);
  const ranks = inputs.map(i => requireChannels(site, i, axis, 'joins'));
  const parts = inputs.map(i => site.image(i, `concat_${i}_`));
  const quantisation = site.ownQuantisation();
  const spec = { kind: 'concat', name: site.place('concat').name, inputs: parts };
  site.bind(site.add(quantisation === undefined ? spec : { ...spec, quantisation }), ranks[0]);
};

/** Split of channels: a slice for each part. */
export const split: Translation = site => {
  const rank = requireChannels(site, 0, site.int('axis', 0), 'splits');
  const input = site.image(0, 'split');
  const { channels } = input.type.shape;
  const parts = site.operator.outputs.length;
  const equal = Math.ceil(channels / parts);
  const sizes =
    site.integersOr(1, 'split', 'sizes') ??
    Array.from({ length: parts }, (_, i) => Math.min(equal, channels - i * equal));
  if (sizes.length !== parts || sizes.reduce((a, b) => a + b, 0) !== channels || sizes.some(size => size < 1)) {
    site.refuse(`splits ${channels} channels into [${sizes.join(', ')}]`);
  }
  let from = 0;
  for (const [i, size] of sizes.entries()) {
    const name = `${site.place('split').name}.${i}`;
    site.bind(site.add({ kind: 'slice', name, inputs: [input], options: { from, channels: size } }), rank, i);
    from += size;
  }
};

/** Slice of channels, or of a shape. */
export const slice: Translation = site => {
  const known = site.known(0);
  const starts = site.integersOr(1, 'starts', 'starts') ?? [];
  const ends = site.integersOr(2, 'ends', 'ends') ?? [];
  const axes = site.integersOr(3, 'axes', 'axes') ?? starts.map((_, i) => i);
  const steps = site.hasInput(4) ? site.integers(4, 'steps') : starts.map(() => 1);
  const sizes = 'integers' in known ? [known.integers.length] : dimsOf(known);
  if ([ends, axes, steps].some(list => list.length !== starts.length))
    site.refuse('has starts, ends and axes of different lengths');
  const ranges = sizes.map(size => [0, size] as [number, number]);
  for (const [i, start] of starts.entries()) {
    const axis = fromEnd(axes[i], sizes.length);
    const size = sizes[axis];
    if (size === undefined || steps[i] !== 1) return site.refuse(`has the step ${steps[i]} on axis ${axes[i]}`);
    const at = (place: number) => Math.min(Math.max(place < 0 ? place + size : place, 0), size);
    ranges[axis] = [at(start), at(ends[i])];
  }
  if (ranges.some(([from, to]) => from >= to)) site.refuse('takes nothing');
  if ('integers' in known) {
    site.bindIntegers(known.integers.slice(...ranges[0]), false);
    return;
  }
  const cut = ranges.flatMap(([from, to], axis) => (to - from === sizes[axis] ? [] : [axis]));
  if (cut.length === 0) {
    site.bindView(known);
    return;
  }
  if (cut.length > 1 || cut[0] !== 1)
    site.refuse(
      `takes a part of axis ${cut.join(', ')} of [${sizes.join(', ')}]`,
      'only channels, axis 1, can be sliced',
    );
  const input = site.image(0, 'slice');
  const [from, to] = ranges[1];
  const options = { from, channels: to - from };
  site.bindView(
    viewOf(site.add({ kind: 'slice', name: site.place('slice').name, inputs: [input], options }), sizes.length),
  );
};
