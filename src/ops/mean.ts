import { z } from 'zod';
import { fail, invariant } from '../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../ir/graph.js';
import { allocate, elementRange, type Quantisation, quantisedType, type TensorType, valuesOf } from '../ir/tensor.js';
import {
  clamp,
  fitsMultiplier,
  type Multiplier,
  nativePreShift,
  quantiseMultiplier,
  type Rounding,
  requantise,
  roundings,
  tfliteMultiplier,
} from '../numeric/requantise.js';
import type { OpDefinition, Operand } from './op.js';
import { ownChannelRules } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import { wholeInput } from './shared/window.js';

/** How a sum of differences from the zero point becomes a mean; there in integer graphs only. */
export const meanSchema = z.strictObject({
  rounding: z.enum(roundings),
  multiplier: z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  shift: z.int().min(-62).max(15),
  /** Left shift of the sum before a `native` multiplication, where the factor is large. */
  preShift: z.int().min(1).max(15).optional(),
});

export type MeanRescale = z.infer<typeof meanSchema>;

/** The largest |sum| of `count` differences from the zero point. */
export function largestSum(count: number, input: Quantisation): number {
  const { low, high } = valuesOf(input);
  return count * Math.max(input.zeroPoint - low, high - input.zeroPoint);
}

/** @throws CompileError E0502 when scales are too far apart, E0501 when a sum could leave int32 */
export function meanRescale(
  node: Node,
  rounding: Rounding,
  count: number,
  input: Quantisation,
  output: Quantisation,
): MeanRescale {
  const ratio = input.scale / output.scale;
  const notes = [`input scale ${input.scale}, output scale ${output.scale}, ${count} values`];
  const usable = ratio > 0 && fitsMultiplier(ratio);
  const preShift = usable && rounding === 'native' ? nativePreShift([ratio / count]) : 0;
  const factor = usable ? factorOf(rounding, ratio, count, preShift) : undefined;
  if (factor === undefined || !(factor.multiplier > 0) || factor.shift < -31) {
    return fail('E0502', `'${node.name}' has a requantisation factor of ${ratio / count}`, {
      span: node.span,
      notes,
      hint: 'scales must be positive and of a comparable size; quantise again with representative calibration images',
    });
  }
  if (largestSum(count, input) * 2 ** Math.max(factor.shift, preShift) >= 2 ** 31) {
    fail('E0501', `the sum of '${node.name}' could leave the range of int32`, { span: node.span, notes });
  }
  return { rounding, ...factor, ...(preShift > 0 ? { preShift } : {}) };
}

/**
 * `tflite` divides the multiplier of the scales by the number of values, after a shift that keeps its bits.
 * Source: TFLite reference_ops::QuantizedMeanOrSum.
 */
function factorOf(rounding: Rounding, ratio: number, count: number, preShift: number): Multiplier {
  if (rounding !== 'tflite') return quantiseMultiplier(rounding, ratio / count, preShift);
  const { multiplier, shift } = tfliteMultiplier(ratio);
  const bits = Math.min(Math.floor(Math.log2(count)), 32, 31 + shift);
  return { multiplier: Math.floor((multiplier * 2 ** bits) / count), shift: shift - bits };
}

const attributes = z.strictObject({ requantisation: meanSchema.optional() });

export interface MeanAttributes extends Attributes {
  readonly requantisation?: MeanRescale | undefined;
}

/** Sums of `x - zeroPoint` over all positions, by channel. */
function sums(node: Node, input: Operand, zeroPoint: number): number[] {
  const { channels } = node.type.shape;
  const result = new Array<number>(channels).fill(0);
  for (let i = 0; i < input.data.length; i++) result[i % channels] += input.data[i] - zeroPoint;
  return result;
}

/** The integer epilogue: what the sum becomes. */
function finishOf({ name, attributes, type }: Node<MeanAttributes>, input: TensorType): (sum: number) => number {
  const { requantisation } = attributes;
  const [from, to] = [input.quantisation, type.quantisation];
  invariant(requantisation !== undefined && from !== undefined && to !== undefined, `${name} is in integer form`);
  const { low, high } = elementRange(type);
  const { rounding, preShift = 0 } = requantisation;
  return sum => clamp(requantise(rounding, sum, requantisation, preShift) + to.zeroPoint, low, high);
}

/** Unlike avgPool it has a scale of its own, and one multiplication instead of a division. */
export const mean: OpDefinition = defineOp<MeanAttributes>({
  kind: 'mean',
  summary: 'the mean over height and width, by channel, with a scale of its own',
  arity: 1,
  traits: { int16: true },
  attributes,
  vocabulary: vocabulary(z.strictObject({}), options => options, { optionsOptional: true }),
  inferShape: (_site, [{ channels }]) => ({ height: 1, width: 1, channels }),
  rowWindows: (_site, [input]) => [wholeInput(input)],
  macs: () => 0,
  channels: ownChannelRules((node, { low, high }, { type }) => {
    const { height, width } = type.shape;
    const finish = finishOf(node, type);
    // The factor is positive.
    const [least, most] = [low, high].map(x => finish(height * width * (x - (type.quantisation?.zeroPoint ?? 0))));
    return { low: least, high: most };
  }),
  evaluate(node, [input]) {
    const { height, width } = input.type.shape;
    return Float32Array.from(sums(node, input, 0), sum => sum / (height * width));
  },
  reference(node, [input]) {
    const output = allocate(node.type.dtype, node.type.shape.channels);
    output.set(sums(node, input, input.type.quantisation?.zeroPoint ?? 0).map(finishOf(node, input.type)));
    return output;
  },
  lower(node, { inputs: [input], output, rounding }) {
    const { height, width } = input.shape;
    invariant(input.quantisation !== undefined, `${node.name}: mean of a tensor without quantisation`);
    return {
      ...node,
      attributes: { requantisation: meanRescale(node, rounding, height * width, input.quantisation, output) },
      type: quantisedType(node.type.shape, output),
    };
  },
});
