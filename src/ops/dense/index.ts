import { z } from 'zod';
import type { Node } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import type { OpDefinition, Operand } from '../op.js';
import { defineOp, vocabulary } from '../shared/define.js';
import {
  finishFloat,
  finishInteger,
  type LinearAttributes,
  linearAttributes,
  linearQuantisedParameters,
  lowerLinear,
  plainLinear,
  quantiseLinear,
} from '../shared/linear.js';
import { biasParameter } from '../shared/parameters.js';
import { wholeInput } from '../shared/window.js';
import { accumulatingDense } from './accumulate.js';
import { genericDense } from './generic.js';

const units = z.int().min(1).max(65536);
const order = z.enum(['NHWC', 'NCHW']);

const attributes = z.strictObject({ units, order, ...linearAttributes });

export interface DenseAttributes extends LinearAttributes {
  readonly units: number;
  /** Order in which the weights file counts the input's elements; the IR itself always has NHWC. */
  readonly order: 'NHWC' | 'NCHW';
}

/** Sums `w * (x - zeroPoint)` over the whole input for unit `o`. */
function dot(node: Node<DenseAttributes>, input: Operand, zeroPoint: number, o: number): number {
  const w = node.constants.weight.data;
  const count = input.data.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += w[o * count + i] * (input.data[i] - zeroPoint);
  return sum;
}

/** Weights are OHWI: [units, input rows, input columns, input channels]. */
export const dense: OpDefinition = defineOp<DenseAttributes>({
  kind: 'dense',
  summary: 'fully connected: each unit is a weighted sum over the whole input',
  arity: 1,
  traits: { linear: true, wholeInput: true },
  attributes,
  vocabulary: vocabulary(z.strictObject({ units, bias: z.boolean().optional() }), options => ({
    units: options.units,
    order: 'NHWC',
    ...plainLinear(options.bias ?? true),
  })),

  inferShape: ({ attributes: { units } }) => ({ height: 1, width: 1, channels: units }),

  parameters({ attributes: { units, order, bias } }, [input]) {
    const { height, width, channels } = input;
    const count = elementCount(input);
    const shape = [units, height, width, channels];
    const nhwc = order === 'NHWC';
    return [
      {
        role: 'weight',
        shape,
        forms: [
          {
            convention: 'pytorch',
            suffix: 'weight',
            fileShape: [units, count],
            view: nhwc ? shape : [units, channels, height, width],
            axes: nhwc ? [0, 1, 2, 3] : [0, 2, 3, 1],
          },
          {
            convention: 'keras',
            suffix: 'kernel',
            fileShape: [count, units],
            view: nhwc ? [height, width, channels, units] : [channels, height, width, units],
            axes: nhwc ? [3, 0, 1, 2] : [3, 1, 2, 0],
          },
        ],
      },
      ...(bias ? [biasParameter(units)] : []),
    ];
  },
  quantisedParameters: (site, [input]) =>
    linearQuantisedParameters(
      site,
      [site.attributes.units, input.height, input.width, input.channels],
      site.attributes.units,
    ),

  rowWindows: (_site, [input]) => [wholeInput(input)],
  macs: ({ attributes: { units } }, [input]) => units * elementCount(input),

  evaluate(node, [input]) {
    const output = new Float32Array(node.attributes.units);
    for (let o = 0; o < output.length; o++) output[o] = finishFloat(node, dot(node, input, 0, o), o);
    return output;
  },
  reference(node, [input]) {
    const output = new Int8Array(node.attributes.units);
    const zeroPoint = input.type.quantisation?.zeroPoint ?? 0;
    const bias = node.constants.bias.data;
    for (let o = 0; o < output.length; o++)
      output[o] = finishInteger(node, dot(node, input, zeroPoint, o) + bias[o], o);
    return output;
  },
  quantise: quantiseLinear,
  lower: lowerLinear,
  kernels: [genericDense],
  accumulators: [accumulatingDense],
});
