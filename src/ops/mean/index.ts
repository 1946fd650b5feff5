import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../../ir/graph.js';
import { allocate, elementRange, quantisedType, type TensorType } from '../../ir/tensor.js';
import { clamp, requantise } from '../../numeric/requantise.js';
import type { OpDefinition, Operand } from '../op.js';
import { ownChannelRules } from '../shared/channel-rules.js';
import { defineOp, vocabulary } from '../shared/define.js';
import { wholeInput } from '../shared/window.js';
import { accumulatingMean, genericMean } from './generic.js';
import { type MeanRescale, meanRescale, meanSchema } from './rescale.js';

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
  traits: { wide: true },
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
  kernels: [genericMean],
  accumulators: [accumulatingMean],
});
