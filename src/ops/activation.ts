import { z } from 'zod';
import { constant, elementCount } from '../ir/tensor.js';
import type { OpDefinition } from './op.js';
import {
  type Activation,
  activate,
  activationSchema,
  activationTable,
  isPerChannel,
  valuesAsTable,
} from './shared/activation.js';
import { lookedUp, ownChannelRules, reorderFirst } from './shared/channel-rules.js';
import { defineOp, vectorParameter, vocabulary } from './shared/define.js';
import { sameRow } from './shared/window.js';

const attributes = z.strictObject({ function: activationSchema });

type ActivationAttributes = { readonly function: Activation };

/**
 * A function of one value. After a linear op it is fused into that op; where that is not possible its integer form is a
 * table of 256 values, indexed by `x + 128`.
 */
export const activation: OpDefinition = defineOp<ActivationAttributes>({
  kind: 'activation',
  summary: `a function of single values: ${[...activationTable.keys()].join(', ')}`,
  arity: 1,
  traits: { activation: true },
  attributes,
  vocabulary: vocabulary(activationSchema, options => ({ function: options })),
  inferShape: (_site, [input]) => input,
  parameters: ({ attributes }, [input]) =>
    isPerChannel(attributes.function)
      ? [{ ...vectorParameter('slope', input.channels, 'weight', 'alpha'), typical: [0.1, 0.3] }]
      : [],
  rowWindows: () => [sameRow],
  macs: () => 0,
  reorderOutputs(node, order) {
    const { slope, ...others } = node.constants;
    const constants = slope === undefined ? others : { ...others, slope: reorderFirst(slope, order) };
    return { node: { ...node, constants }, inputs: true };
  },
  channels: ownChannelRules((node, range) => lookedUp(node.constants.table.data, range)),
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
      constants: {
        table: constant('i8', [256], valuesAsTable(node.attributes.function, context.inputs[0], context.output)),
      },
      type: { ...node.type, dtype: 'i8', quantisation: context.output },
    };
  },
});
