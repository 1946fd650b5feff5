import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../../ir/graph.js';
import { clamp, requantise } from '../../numeric/requantise.js';
import type { OpDefinition, Operand } from '../op.js';
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

/** Unlike avgPool it has a scale of its own, and one multiplication instead of a division. */
export const mean: OpDefinition = defineOp<MeanAttributes>({
  kind: 'mean',
  summary: 'the mean over height and width, by channel, with a scale of its own',
  arity: 1,
  traits: {},
  attributes,
  vocabulary: vocabulary(z.strictObject({}), options => options, { optionsOptional: true }),
  inferShape: (_site, [{ channels }]) => ({ height: 1, width: 1, channels }),
  rowWindows: (_site, [input]) => [wholeInput(input)],
  macs: () => 0,
  evaluate(node, [input]) {
    const { height, width } = input.type.shape;
    return Float32Array.from(sums(node, input, 0), sum => sum / (height * width));
  },
  reference(node, [input]) {
    const { requantisation } = node.attributes;
    const [from, to] = [input.type.quantisation, node.type.quantisation];
    invariant(
      requantisation !== undefined && from !== undefined && to !== undefined,
      `${node.name} is in integer form`,
    );
    return Int8Array.from(sums(node, input, from.zeroPoint), sum =>
      clamp(requantise(requantisation.rounding, sum, requantisation, 0) + to.zeroPoint, -128, 127),
    );
  },
  lower(node, { inputs: [input], output, rounding }) {
    const { height, width } = input.shape;
    invariant(input.quantisation !== undefined, `${node.name}: mean of a tensor without quantisation`);
    return {
      ...node,
      attributes: { requantisation: meanRescale(node, rounding, height * width, input.quantisation, output) },
      type: { ...node.type, dtype: 'i8', quantisation: output },
    };
  },
  kernels: [genericMean],
  accumulators: [accumulatingMean],
});
