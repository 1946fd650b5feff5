import { z } from 'zod';
import { elementCount } from '../ir/tensor.js';
import type { OpDefinition } from './op.js';
import { type Activation, activate, activationSchema, isPerChannel, valuesAsTable } from './shared/activation.js';
import { lookedUp, ownChannels, pickFirst, withChannels } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import { sameRow } from './shared/window.js';

const functionSchema = activationSchema.refine(activation => !isPerChannel(activation), 'a lookup has no slopes');
const attributes = z.strictObject({ function: functionSchema, perChannel: z.boolean() });

type LookupAttributes = { readonly function: Activation; readonly perChannel: boolean };

/**
 * A function of single values as a table of 256 that the quantised weights file holds: what importers make of operators that
 * compute in a way of their own. Never fused. `function` is its float meaning, and what its table is made from where a model
 * is quantised here.
 */
export const lookup: OpDefinition = defineOp<LookupAttributes>({
  kind: 'lookup',
  summary: 'a function of single values as a table that comes with the weights, one for all channels or one for each',
  arity: 1,
  traits: {},
  attributes,
  vocabulary: vocabulary(
    z.strictObject({ function: functionSchema.optional(), perChannel: z.boolean().optional() }),
    options => ({ function: options.function ?? { kind: 'identity' }, perChannel: options.perChannel ?? false }),
    { optionsOptional: true },
  ),
  inferShape: (_site, [input]) => input,
  quantisedParameters: ({ attributes: { perChannel } }, [input]) => [
    { role: 'table', dtype: 'i8', shape: [perChannel ? input.channels : 1, 256] },
  ],
  rowWindows: () => [sameRow],
  macs: () => 0,
  channels: {
    ranges({ constants: { table } }, [input]) {
      const tables = table.shape[0];
      return input.ranges.map((range, c) =>
        lookedUp(table.data.subarray((c % tables) * 256, ((c % tables) + 1) * 256), range),
      );
    },
    bundles: ownChannels,
    select(node, _inputs, { outputs }) {
      const { table } = node.constants;
      const picked = node.attributes.perChannel ? { ...node, constants: { table: pickFirst(table, outputs) } } : node;
      return withChannels(picked, outputs.length);
    },
  },
  evaluate: (node, [input]) => Float32Array.from(input.data, x => activate(node.attributes.function, x, 0)),
  reference(node, [input]) {
    const table = node.constants.table.data;
    const tables = table.length / 256;
    const output = new Int8Array(elementCount(node.type.shape));
    for (let i = 0; i < output.length; i++) output[i] = table[(i % tables) * 256 + input.data[i] + 128];
    return output;
  },
  quantise(node, [input], output) {
    const { function: meaning, perChannel } = node.attributes;
    const one = valuesAsTable(meaning, input, output);
    const tables = perChannel ? node.type.shape.channels : 1;
    const data = new Int8Array(256 * tables);
    for (let c = 0; c < tables; c++) data.set(one, 256 * c);
    return { table: { dtype: 'i8', shape: [tables, 256], data } };
  },
  lower: (node, context) => ({ ...node, type: { ...node.type, dtype: 'i8', quantisation: context.output } }),
});
