import type { Node } from '../../../ir/graph.js';
import type { Padding } from '../../import/values.js';
import type { NodeContext } from '../context.js';

type Pair = readonly [number, number];

export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  /** Top, bottom, left, right. */
  readonly padding: Padding;
}

/** Taps of a dilated kernel of `taps` taps. */
export const dilated = (taps: number, dilation: number): number => (taps - 1) * dilation + 1;

/** Rows and columns; a network of one dimension has columns alone. */
function pairOf(context: NodeContext, name: string, spatial: number, otherwise: number): Pair {
  const values = context.ints(name);
  if (values === undefined || values.length === 0) return [otherwise, otherwise];
  if (values.length !== spatial) context.refuse(`has the ${name} [${values.join(', ')}] for ${spatial} dimensions`);
  const [rows, columns] = spatial === 1 ? [otherwise, values[0]] : values;
  if (![rows, columns].every(value => value >= 1 && value <= 1024))
    context.refuse(`has the ${name} [${values.join(', ')}]`);
  return [rows, columns];
}

/** Kernel, strides, dilations and padding of an operator whose input has `rank` dimensions, [N, C, H, W] or [N, C, W]. */
export function windowOf(
  context: NodeContext,
  rank: number,
  kernelDims: readonly number[] | undefined,
  { type }: Node,
): Window {
  const spatial = rank - 2;
  if (spatial !== 1 && spatial !== 2) {
    context.refuse(`works on ${rank} dimensions`, 'networks of [1, channels, height, width] can be imported');
  }
  const kernel: Pair =
    kernelDims === undefined
      ? pairOf(context, 'kernel_shape', spatial, 1)
      : spatial === 1
        ? [1, kernelDims[0]]
        : [kernelDims[0], kernelDims[1]];
  const stride = pairOf(context, 'strides', spatial, 1);
  const dilation = pairOf(context, 'dilations', spatial, 1);
  const { height, width } = type.shape;
  const along = (size: number, axis: 0 | 1, explicit: Pair): Pair =>
    sidesOf(context, size, dilated(kernel[axis], dilation[axis]), stride[axis], explicit);
  const pads = context.ints('pads') ?? [];
  if (pads.length !== 0 && pads.length !== 2 * spatial) context.refuse(`has the pads [${pads.join(', ')}]`);
  const [top, left, bottom, right] = pads.length === 0 ? [0, 0, 0, 0] : spatial === 1 ? [0, pads[0], 0, pads[1]] : pads;
  if (![top, left, bottom, right].every(amount => amount >= 0 && amount <= 1024)) {
    context.refuse(`has the pads [${pads.join(', ')}]`, 'negative padding cannot be imported');
  }
  const rows = along(height, 0, [top, bottom]);
  const columns = along(width, 1, [left, right]);
  return { kernel, stride, dilation, padding: [rows[0], rows[1], columns[0], columns[1]] };
}

/** Padding before and after. Source: the ONNX operator Conv, attribute auto_pad. */
function sidesOf(context: NodeContext, size: number, taps: number, stride: number, explicit: Pair): Pair {
  const mode = context.attribute('auto_pad')?.text ?? 'NOTSET';
  if (mode === 'NOTSET') return explicit;
  if (mode === 'VALID') return [0, 0];
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + taps - size, 0);
  const less = Math.floor(total / 2);
  if (mode === 'SAME_UPPER') return [less, total - less];
  if (mode === 'SAME_LOWER') return [total - less, less];
  return context.refuse(`has the auto_pad '${mode}'`);
}

/** As options of model.ts. */
export const windowOptions = (kernel: Pair, stride: Pair, [top, bottom, left, right]: Padding) => ({
  kernel: [...kernel] as [number, number],
  stride: [...stride] as [number, number],
  padding: { top, bottom, left, right },
});

/** Would some output see nothing but padding? Kernels do not compute that: it must be a layer. */
export const isTooMuch = ([top, bottom, left, right]: Padding, kernel: Pair): boolean =>
  Math.max(top, bottom) >= kernel[0] || Math.max(left, right) >= kernel[1];

export const addPaddings = (a: Padding, b: Padding): Padding => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
