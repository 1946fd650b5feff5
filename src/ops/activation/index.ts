import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import type { Node } from '../../ir/graph.js';
import { type Constant, elementCount } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import type { OpDefinition, QuantiseContext } from '../op.js';
import { type Activation, activate, activationSchema } from '../shared/activation.js';
import { defineOp, vocabulary } from '../shared/define.js';
import { vectorParameter } from '../shared/parameters.js';
import { sameRow } from '../shared/window.js';
import { genericActivation } from './generic.js';

const attributes = z.strictObject({ function: activationSchema });

type ActivationAttributes = { readonly function: Activation };

/**
 * A function of one value. Behind a linear op it is fused into that op; where that is not possible its integer form is a
 * table of 256 values, indexed by `x + 128`.
 */
export const activation: OpDefinition = defineOp<ActivationAttributes>({
  kind: 'activation',
  summary: 'relu, relu6, leakyRelu, prelu (a slope per channel) or identity',
  arity: 1,
  traits: { activation: true },
  attributes,
  vocabulary: vocabulary(activationSchema, options => ({ function: options })),
  inferShape: (_site, [input]) => input,
  parameters: ({ attributes }, [input]) =>
    attributes.function.kind === 'prelu'
      ? [{ ...vectorParameter('slope', input.channels, 'weight', 'alpha'), typical: [0.1, 0.3] }]
      : [],
  rowWindows: () => [sameRow],
  macs: () => 0,
  evaluate(node, [input]) {
    const { channels } = node.type.shape;
    const slope = node.constants.slope?.data;
    return Float32Array.from(input.data, (x, i) => activate(node.attributes.function, x, slope?.[i % channels] ?? 0));
  },
  reference(node, [input]) {
    const table = node.constants.table.data;
    const output = new Int8Array(elementCount(node.type.shape));
    for (let i = 0; i < output.length; i++) output[i] = table[input.data[i] + 128];
    return output;
  },
  lower(node, context) {
    return {
      ...node,
      constants: { table: activationTable(node, context) },
      type: { ...node.type, dtype: 'i8', quantisation: context.output },
    };
  },
  kernels: [genericActivation],
});

function activationTable(node: Node<ActivationAttributes>, context: QuantiseContext): Constant {
  const input = context.inputs[0].quantisation;
  invariant(input !== undefined && node.attributes.function.kind !== 'prelu', `${node.name} has no table form`);
  const table = new Int8Array(256);
  for (let q = -128; q < 128; q++) {
    const real = activate(node.attributes.function, (q - input.zeroPoint) * input.scale, 0);
    table[q + 128] = clamp(Math.round(real / context.output.scale) + context.output.zeroPoint, -128, 127);
  }
  return { dtype: 'i8', shape: [256], data: table };
}
