import { z } from 'zod';
import { fail, invariant } from '../diagnostics/diagnostic.js';
import type { Node } from '../ir/graph.js';
import { allocate, type Constant, elementCount, formatShape, type Quantisation, quantisedType } from '../ir/tensor.js';
import { clamp } from '../numeric/requantise.js';
import type { OpDefinition, Operand } from './op.js';
import { lookedUp, upTo, withChannels } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import { sameRow } from './shared/window.js';

const attributes = z.strictObject({
  /** Of each input, the table that brings it to the scale of the result; -1 where it has that scale already. */
  tables: z.array(z.int().min(-1)).optional(),
});

export type ConcatAttributes = z.infer<typeof attributes>;

/** Calls `visit` with every element of the result: its place, the input and the element of that. */
function forEachElement({ type }: Node, inputs: readonly Operand[], visit: (i: number, k: number, x: number) => void) {
  const { height, width } = type.shape;
  let at = 0;
  for (let position = 0; position < height * width; position++) {
    for (const [k, { type, data }] of inputs.entries()) {
      const { channels } = type.shape;
      for (let c = 0; c < channels; c++) visit(at++, k, data[position * channels + c]);
    }
  }
}

/** From one scale to another. */
function changeOfScale(from: Quantisation, to: Quantisation): Int8Array {
  return Int8Array.from({ length: 256 }, (_, i) => {
    const real = from.scale * (i - 128 - from.zeroPoint);
    return clamp(Math.round(real / to.scale) + to.zeroPoint, -128, 127);
  });
}

/** Where an input has another scale than the result, its values are looked up in a table. */
export const concat: OpDefinition = defineOp<ConcatAttributes>({
  kind: 'concat',
  summary: 'the channels of several tensors of one height and width, one after the other',
  arity: 1,
  variadic: true,
  traits: { int16: true, joins: true },
  attributes,
  vocabulary: vocabulary(z.strictObject({}), options => options, { optionsOptional: true }),
  inferShape(context, inputs) {
    const [{ height, width }] = inputs;
    const odd = inputs.find(shape => shape.height !== height || shape.width !== width);
    if (odd !== undefined) {
      fail(
        'E0207',
        `'${context.name}' cannot join ${formatShape(inputs[0])} and ${formatShape(odd)}: the shapes differ`,
        {
          span: context.span,
          hint: 'give all of them the same height and width',
        },
      );
    }
    return { height, width, channels: inputs.reduce((sum, shape) => sum + shape.channels, 0) };
  },
  rowWindows: (_site, inputs) => inputs.map(() => sameRow),
  macs: () => 0,
  channels: {
    ranges: ({ attributes: { tables = [] }, constants }, inputs) =>
      inputs.flatMap(({ ranges }, k) =>
        tables[k] < 0
          ? ranges
          : ranges.map(range =>
              lookedUp(constants.tables.data.subarray(256 * tables[k], 256 * (tables[k] + 1)), range),
            ),
      ),
    bundles(_node, inputs) {
      let first = 0;
      return inputs.flatMap(({ channels }, k) => {
        const from = first;
        first += channels;
        return upTo(channels).map(c => ({ inputs: inputs.map((_, i) => (i === k ? [c] : [])), outputs: [from + c] }));
      });
    },
    select: (node, _inputs, { outputs }) => withChannels(node, outputs.length),
  },
  evaluate(node, inputs) {
    const output = new Float32Array(elementCount(node.type.shape));
    forEachElement(node, inputs, (i, _k, x) => {
      output[i] = x;
    });
    return output;
  },
  reference(node, inputs) {
    const { tables = [] } = node.attributes;
    const output = allocate(node.type.dtype, elementCount(node.type.shape));
    forEachElement(node, inputs, (i, k, x) => {
      output[i] = tables[k] < 0 ? x : node.constants.tables.data[256 * tables[k] + x + 128];
    });
    return output;
  },
  lower(node, { inputs, output }) {
    const made: Int8Array[] = [];
    const tables = inputs.map(({ quantisation }) => {
      invariant(quantisation !== undefined, `${node.name}: a part without quantisation`);
      if (quantisation.scale === output.scale && quantisation.zeroPoint === output.zeroPoint) return -1;
      if (quantisation.bits === 16) {
        fail('E0502', `'${node.name}' joins int16 tensors of different scales`, {
          span: node.span,
          notes: [`scales ${quantisation.scale} and ${output.scale}`],
          hint: 'quantise again, so that they get one scale, or leave them int8',
        });
      }
      return made.push(changeOfScale(quantisation, output)) - 1;
    });
    const data = Int8Array.from(made.flatMap(table => [...table]));
    const constants: Record<string, Constant> =
      made.length === 0 ? {} : { tables: { dtype: 'i8', shape: [made.length, 256], data } };
    return {
      ...node,
      attributes: { tables },
      constants,
      type: quantisedType(node.type.shape, output),
    };
  },
});
