import { formatSpan } from '../diagnostics/span.js';
import type { Node } from '../ir/graph.js';
import { formatShape, type TensorType } from '../ir/tensor.js';
import type { KernelPlan } from '../kernels/kernel.js';
import { signedBits } from '../numeric/requantise.js';
import type { LabelledText } from './views.js';

/** `conv 1x1, relu`: what a layer does, in a few words. */
export function layerKind(node: Node): string {
  const { kernel, activation, affine } = node.attributes as {
    readonly kernel?: readonly number[];
    readonly activation?: { readonly kind: string };
    readonly affine?: boolean;
  };
  const parts = [`${node.op}${kernel === undefined ? '' : ` ${kernel.join('x')}`}`];
  if (activation !== undefined && activation.kind !== 'identity') parts.push(activation.kind);
  if (affine === true) parts.push('affine');
  return parts.join(', ');
}

/** `block1.pw: conv 1x1, relu` */
export const layerTitle = (node: Node): string => commentSafe(`${node.name}: ${layerKind(node)}`);

/** Which way of computing a layer was chosen: the name of its variant. */
export const kernelName = ({ label }: KernelPlan): string => label;

export function commentSafe(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll('/*', '/ *');
}

export function describeType({ dtype, shape, quantisation }: TensorType): string {
  const numbers =
    quantisation === undefined ? dtype : `${dtype}, scale ${quantisation.scale}, zero point ${quantisation.zeroPoint}`;
  return `${formatShape(shape)} ${numbers}`;
}

/** The element type of an activation, as people call it. */
export const numberType = ({ dtype }: Pick<TensorType, 'dtype'>): string => (dtype === 'i16' ? 'int16' : 'int8');

/** What the header says of the result, after its shape. */
export function outputMeaning({ dtype, shape, quantisation }: TensorType): string {
  if (dtype === 'i32' || quantisation === undefined) return 'int32_t; the index of the largest value';
  const layout = shape.height * shape.width > 1 ? ', rows of pixels, channels together (HWC)' : '';
  return `${numberType({ dtype })}${layout}; real = ${quantisation.scale} * (q - (${quantisation.zeroPoint}))`;
}

/** The provenance comment above a layer. */
export function layerFacts(
  node: Node,
  inputs: readonly TensorType[],
  kernel: KernelPlan,
  macs: number,
  place: LabelledText,
): LabelledText[] {
  const { requantisation } = node.attributes as { readonly requantisation?: { readonly rounding: string } };
  const facts: LabelledText[] = [];
  if (node.span !== undefined) facts.push({ label: 'from', text: commentSafe(sourcePlace(node)) });
  facts.push({ label: 'input', text: inputs.map(describeType).join(' and ') });
  facts.push({ label: 'output', text: describeType(node.type) });
  facts.push(place);
  facts.push({ label: 'kernel', text: kernelName(kernel) });
  if (macs > 0) facts.push({ label: 'MACs', text: String(macs) });
  if (kernel.accumulatorBound !== undefined) {
    const bound = kernel.accumulatorBound;
    facts.push({ label: '|acc|', text: `at most ${bound}, ${signedBits(bound)} bits of ${bound < 2 ** 31 ? 32 : 64}` });
  }
  if (kernel.shiftedAccumulator !== undefined) {
    const { shift, bound, channel, factor } = kernel.shiftedAccumulator;
    const why = `for the factor ${Number(factor.toPrecision(4))} of channel ${channel}`;
    facts.push({ label: 'shifted', text: `left by ${shift} ${why}: at most ${bound}, ${signedBits(bound)} bits` });
  }
  if (requantisation !== undefined) facts.push({ label: 'rounding', text: requantisation.rounding });
  return facts;
}

/** File name and place; without directories, so that the C is the same wherever the model lies. */
export function sourcePlace(node: Node): string {
  if (node.span === undefined) return '';
  const { file } = node.span;
  return formatSpan({ ...node.span, file: file.slice(file.lastIndexOf('/') + 1) });
}
