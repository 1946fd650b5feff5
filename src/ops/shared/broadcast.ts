import { fail } from '../../diagnostics/diagnostic.js';
import { formatShape, type Shape, sameShape } from '../../ir/tensor.js';
import type { OpContext, RowWindow } from '../op.js';
import { sameRow } from './window.js';

/**
 * Ops of two tensors, element by element. Where one has a single row, column or channel, it stands for all of them: the scales
 * of a squeeze-and-excite are 1x1xC.
 */
const axes = ['height', 'width', 'channels'] as const;

/** The shape of the result. `doing` is what the op does, as in "cannot add". @throws CompileError E0207 */
export function broadcastShape(context: OpContext, doing: string, a: Shape, b: Shape): Shape {
  if (axes.some(axis => a[axis] !== b[axis] && a[axis] !== 1 && b[axis] !== 1)) refuseShapes(context, doing, a, b);
  const [height, width, channels] = axes.map(axis => Math.max(a[axis], b[axis]));
  return { height, width, channels };
}

/** A single row is read again for each row of the output. */
export function broadcastWindows([a, b]: readonly Shape[]): readonly RowWindow[] {
  const { height } = { height: Math.max(a.height, b.height) };
  return [a, b].map(shape => (shape.height === height ? sameRow : { rows: 1, stride: 0, before: 0 }));
}

/** Calls `visit` with the index of each element of the output, and of those of both operands that it is made of. */
export function forEachPair(
  output: Shape,
  a: Shape,
  b: Shape,
  visit: (i: number, ofA: number, ofB: number) => void,
): void {
  const indexIn = (shape: Shape, y: number, x: number, c: number) =>
    ((shape.height === 1 ? 0 : y) * shape.width + (shape.width === 1 ? 0 : x)) * shape.channels +
    (shape.channels === 1 ? 0 : c);
  let i = 0;
  for (let y = 0; y < output.height; y++) {
    for (let x = 0; x < output.width; x++) {
      for (let c = 0; c < output.channels; c++) visit(i++, indexIn(a, y, x, c), indexIn(b, y, x, c));
    }
  }
}

function refuseShapes(context: OpContext, doing: string, a: Shape, b: Shape): never {
  const [first, second] = context.producers ?? [];
  const note = (place: string, shape: Shape, producer: typeof first) => ({
    message: `the ${place}${producer === undefined ? '' : `, '${producer.name}',`} is ${formatShape(shape)}`,
    span: producer?.span,
  });
  const sameArea = sameShape({ ...a, channels: 0 }, { ...b, channels: 0 });
  fail('E0207', `'${context.name}' cannot ${doing} ${formatShape(a)} and ${formatShape(b)}: the shapes differ`, {
    span: context.span,
    notes: [note('first', a, first), note('second', b, second)],
    hint: sameArea
      ? 'give both branches the same number of channels: a 1x1 conv on the shortcut is the usual way'
      : 'give both branches the same strides and padding: the shortcut is usually a 1x1 conv with the stride of the other branch',
  });
}
