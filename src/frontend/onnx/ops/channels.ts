import type { NodeContext } from '../context.js';
import { dimsOf, viewOf } from '../view.js';
import type { Translation } from './op.js';

const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The rank of an input, whose channels an axis has to be. */
function requireChannels(context: NodeContext, input: number, axis: number, doing: string): number {
  const rank = dimsOf(context.view(input)).length;
  if (rank < 2 || fromEnd(axis, rank) !== 1) {
    context.refuse(
      `${doing} axis ${axis} of ${rank} dimensions`,
      'only channels, axis 1, can be joined and taken apart',
    );
  }
  return rank;
}

/** Concat of channels, or of the parts of a shape. */
export const concat: Translation = context => {
  const count = context.inputCount;
  if (count === 0) context.refuse('has no inputs');
  const inputs = Array.from({ length: count }, (_, i) => i);
  if (inputs.every(i => context.isConstant(i) || 'integers' in context.known(i))) {
    context.bindIntegers(
      inputs.flatMap(i => context.integers(i, 'parts')),
      false,
    );
    return;
  }
  const axis = context.int('axis', 1);
  const ranks = inputs.map(i => requireChannels(context, i, axis, 'joins'));
  const parts = inputs.map(i => context.image(i, `concat_${i}_`));
  const quantisation = context.ownQuantisation();
  const spec = { kind: 'concat', name: context.label('concat').name, inputs: parts };
  context.bind(context.add(quantisation === undefined ? spec : { ...spec, quantisation }), ranks[0]);
};

/** Split of channels: a slice for each part. */
export const split: Translation = context => {
  const rank = requireChannels(context, 0, context.int('axis', 0), 'splits');
  const input = context.image(0, 'split');
  const { channels } = input.type.shape;
  const parts = context.operator.outputs.length;
  const equal = Math.ceil(channels / parts);
  const sizes =
    context.integersOr(1, 'split', 'sizes') ??
    Array.from({ length: parts }, (_, i) => Math.min(equal, channels - i * equal));
  if (sizes.length !== parts || sizes.reduce((a, b) => a + b, 0) !== channels || sizes.some(size => size < 1)) {
    context.refuse(`splits ${channels} channels into [${sizes.join(', ')}]`);
  }
  let from = 0;
  for (const [i, size] of sizes.entries()) {
    const name = `${context.label('split').name}.${i}`;
    context.bind(context.add({ kind: 'slice', name, inputs: [input], options: { from, channels: size } }), rank, i);
    from += size;
  }
};

/** Slice of channels, or of a shape. */
export const slice: Translation = context => {
  const known = context.known(0);
  const starts = context.integersOr(1, 'starts', 'starts') ?? [];
  const ends = context.integersOr(2, 'ends', 'ends') ?? [];
  const axes = context.integersOr(3, 'axes', 'axes') ?? starts.map((_, i) => i);
  const steps = context.hasInput(4) ? context.integers(4, 'steps') : starts.map(() => 1);
  const sizes = 'integers' in known ? [known.integers.length] : dimsOf(known);
  if ([ends, axes, steps].some(list => list.length !== starts.length))
    context.refuse('has starts, ends and axes of different lengths');
  const ranges = sizes.map(size => [0, size] as [number, number]);
  for (const [i, start] of starts.entries()) {
    const axis = fromEnd(axes[i], sizes.length);
    const size = sizes[axis];
    if (size === undefined || steps[i] !== 1) return context.refuse(`has the step ${steps[i]} on axis ${axes[i]}`);
    const at = (place: number) => Math.min(Math.max(place < 0 ? place + size : place, 0), size);
    ranges[axis] = [at(start), at(ends[i])];
  }
  if (ranges.some(([from, to]) => from >= to)) context.refuse('takes nothing');
  if ('integers' in known) {
    context.bindIntegers(known.integers.slice(...ranges[0]), false);
    return;
  }
  const cut = ranges.flatMap(([from, to], axis) => (to - from === sizes[axis] ? [] : [axis]));
  if (cut.length === 0) {
    context.bindView(known);
    return;
  }
  if (cut.length > 1 || cut[0] !== 1)
    context.refuse(
      `takes a part of axis ${cut.join(', ')} of [${sizes.join(', ')}]`,
      'only channels, axis 1, can be sliced',
    );
  const input = context.image(0, 'slice');
  const [from, to] = ranges[1];
  const options = { from, channels: to - from };
  context.bindView(
    viewOf(context.add({ kind: 'slice', name: context.label('slice').name, inputs: [input], options }), sizes.length),
  );
};
