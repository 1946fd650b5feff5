import { z } from 'zod';
import { fail } from '../../diagnostics/diagnostic.js';
import type { Shape } from '../../ir/tensor.js';
import type { OpContext, RowWindow } from '../op.js';

/** [rows, columns] */
const pair = z.tuple([z.int().min(1), z.int().min(1)]);

/** Attributes of an op with a sliding window. Padding is top, bottom, left, right. */
export const windowAttributes = {
  kernel: pair,
  stride: pair,
  padding: z.tuple([z.int().min(0), z.int().min(0), z.int().min(0), z.int().min(0)]),
};

export type Pair = readonly [number, number];

export interface WindowAttributes {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: readonly [number, number, number, number];
}

/** The largest number that {@link perAxis} takes. */
export const largestPerAxis = 1024;
const count = z.int().min(1).max(largestPerAxis);
const amount = z.int().min(0).max(largestPerAxis);

/** A number for both axes, or [rows, columns]. */
export const perAxis = z.union([count, z.tuple([count, count])]);

/** How a model writes padding. */
export const paddingOption = z.union([
  z.enum(['same', 'valid']),
  amount,
  z.tuple([amount, amount]),
  z.strictObject({
    top: amount.optional(),
    bottom: amount.optional(),
    left: amount.optional(),
    right: amount.optional(),
  }),
]);

export function toPair(value: number | readonly [number, number]): Pair {
  return typeof value === 'number' ? [value, value] : value;
}

/** TensorFlow's `same`: the output has ceil(input / stride) positions; of an odd padding, the end gets the larger part. */
function samePadding(input: number, kernel: number, stride: number): Pair {
  const outputs = Math.ceil(input / stride);
  const total = Math.max((outputs - 1) * stride + kernel - input, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

export function resolveWindow(
  options: {
    readonly kernel: number | Pair;
    readonly stride?: number | Pair | undefined;
    readonly padding?: z.infer<typeof paddingOption> | undefined;
  },
  input: Shape,
): WindowAttributes {
  const kernel = toPair(options.kernel);
  const stride = toPair(options.stride ?? 1);
  const padding = options.padding ?? 'valid';
  if (padding === 'same') {
    const [top, bottom] = samePadding(input.height, kernel[0], stride[0]);
    const [left, right] = samePadding(input.width, kernel[1], stride[1]);
    return { kernel, stride, padding: [top, bottom, left, right] };
  }
  if (padding === 'valid') return { kernel, stride, padding: [0, 0, 0, 0] };
  if (typeof padding === 'number' || 'length' in padding) {
    const [rows, columns] = toPair(padding);
    return { kernel, stride, padding: [rows, rows, columns, columns] };
  }
  const { top = 0, bottom = 0, left = 0, right = 0 } = padding;
  return { kernel, stride, padding: [top, bottom, left, right] };
}

/** Height and width of the output. @throws CompileError when the window fits nowhere, or a position would see only padding. */
export function windowOutput(
  context: OpContext,
  attributes: WindowAttributes,
  input: Shape,
): { height: number; width: number } {
  const { kernel, stride, padding } = attributes;
  const [top, bottom, left, right] = padding;
  const rows = input.height + top + bottom - kernel[0];
  const columns = input.width + left + right - kernel[1];
  if (rows < 0 || columns < 0) {
    fail(
      'E0202',
      `the ${kernel[0]}x${kernel[1]} kernel of '${context.name}' does not fit its input of ${input.height} rows and ${input.width} columns`,
      {
        span: context.span,
        notes: [`padding: top ${top}, bottom ${bottom}, left ${left}, right ${right}`],
        hint: "use a smaller kernel, or padding: 'same'",
      },
    );
  }
  if (Math.max(top, bottom) >= kernel[0] || Math.max(left, right) >= kernel[1]) {
    fail('E0204', `the padding of '${context.name}' is as large as its ${kernel[0]}x${kernel[1]} kernel`, {
      span: context.span,
      notes: [`padding: top ${top}, bottom ${bottom}, left ${left}, right ${right}`],
      hint: 'some outputs would see nothing but padding; pad by less than the kernel on each side',
    });
  }
  return { height: Math.floor(rows / stride[0]) + 1, width: Math.floor(columns / stride[1]) + 1 };
}

/** A row is made of the row with its number. */
export const sameRow: RowWindow = { rows: 1, stride: 1, before: 0 };

/** The one output row is made of all rows. */
export const wholeInput = ({ height }: Shape): RowWindow => ({ rows: height, stride: 1, before: 0 });

export function windowRows(attributes: WindowAttributes): RowWindow {
  return { rows: attributes.kernel[0], stride: attributes.stride[0], before: attributes.padding[0] };
}

/** Calls `visit` with each tap of the window at output (y, x) that lies inside the input. */
export function forEachTap(
  { kernel, stride, padding }: WindowAttributes,
  input: Shape,
  y: number,
  x: number,
  visit: (ky: number, kx: number, inputY: number, inputX: number) => void,
): void {
  for (let ky = 0; ky < kernel[0]; ky++) {
    const inputY = y * stride[0] - padding[0] + ky;
    if (inputY < 0 || inputY >= input.height) continue;
    for (let kx = 0; kx < kernel[1]; kx++) {
      const inputX = x * stride[1] - padding[2] + kx;
      if (inputX < 0 || inputX >= input.width) continue;
      visit(ky, kx, inputY, inputX);
    }
  }
}
