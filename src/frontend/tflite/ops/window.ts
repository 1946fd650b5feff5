import type { Shape } from '../../../ir/tensor.js';
import type { Padding } from '../../import/values.js';
import type { OperatorContext } from '../context.js';
import { paddings } from '../schema.js';

/**
 * Kernel, stride and padding as options of model.ts. A padding around the input, from a PAD before, is added: it holds zero
 * points, as the operator's own does.
 */
export function windowOptions(
  context: OperatorContext,
  kernel: readonly [number, number],
  input: Shape,
  around: Padding,
) {
  const { padding, stride_h, stride_w } = context.operator.options;
  const stride: [number, number] = [stride_h, stride_w];
  const [top, bottom, left, right] = around;
  const name = paddings[padding];
  if (name === undefined) return context.refuse(`has the padding ${padding}`);
  const size = { height: input.height + top + bottom, width: input.width + left + right };
  const rows = name === 'SAME' ? samePadding(size.height, kernel[0], stride_h) : [0, 0];
  const columns = name === 'SAME' ? samePadding(size.width, kernel[1], stride_w) : [0, 0];
  return {
    kernel: [...kernel] as [number, number],
    stride,
    padding: { top: top + rows[0], bottom: bottom + rows[1], left: left + columns[0], right: right + columns[1] },
  };
}

/**
 * The input and the window of an operator that pads with zero points by itself. The padding of a PAD before goes into its
 * own, unless some output would then see nothing else, which kernels do not compute: it stays a layer.
 */
export function paddedWindow(context: OperatorContext, short: string, kernel: readonly [number, number]) {
  const { node, padding } = context.padded(0, short);
  const options = windowOptions(context, kernel, node.type.shape, padding);
  const { top, bottom, left, right } = options.padding;
  if (Math.max(top, bottom) < kernel[0] && Math.max(left, right) < kernel[1]) return { node, options };
  const image = context.image(0, short);
  return { node: image, options: windowOptions(context, kernel, image.type.shape, [0, 0, 0, 0]) };
}

/** ceil(input / stride) outputs; of an odd padding, the end gets the larger part. Source: TFLite, ComputePaddingHeightWidth. */
function samePadding(input: number, kernel: number, stride: number): readonly [number, number] {
  if (stride < 1) return [0, 0];
  const total = Math.max((Math.ceil(input / stride) - 1) * stride + kernel - input, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

/** Taps of a dilated kernel of `taps` taps. */
export const dilated = (taps: number, dilation: number): number => (taps - 1) * dilation + 1;
