import { z } from 'zod';
import { fail } from '../diagnostics/diagnostic.js';
import { allocate, elementCount, formatShape, type Shape } from '../ir/tensor.js';
import type { OpDefinition } from './op.js';
import { keepQuantisation } from './pool.js';
import { defineOp, vocabulary } from './shared/define.js';

const size = z
  .int()
  .min(1)
  .max(2 ** 26);
const attributes = z.strictObject({ height: size, width: size, channels: size });

/** How many rows of the input make one of the output. */
export const joinedRows = (input: Shape, output: Shape): number =>
  (output.width * output.channels) / (input.width * input.channels);

/** A row of the output is one or more whole rows of the input: rows are what is scheduled, and a kernel makes one at a time. */
export const reshape: OpDefinition = defineOp<z.infer<typeof attributes>>({
  kind: 'reshape',
  summary: 'the same elements in the same order, in fewer rows or with another number of channels',
  arity: 1,
  traits: { keepsQuantisation: true, int16: true },
  attributes,
  vocabulary: vocabulary(attributes, options => options),
  inferShape(context, [input]) {
    const { height, width, channels } = context.attributes;
    const output = { height, width, channels };
    if (elementCount(output) !== elementCount(input) || !Number.isInteger(joinedRows(input, output))) {
      fail('E0207', `'${context.name}' cannot reshape ${formatShape(input)} into ${formatShape(output)}`, {
        span: context.span,
        hint: 'a reshape keeps the number of elements, and joins whole rows or keeps them',
      });
    }
    return output;
  },
  rowWindows({ attributes }, [input]) {
    const rows = joinedRows(input, attributes);
    return [{ rows, stride: rows, before: 0 }];
  },
  macs: () => 0,
  evaluate: (_node, [input]) => Float32Array.from(input.data),
  reference(node, [input]) {
    const output = allocate(node.type.dtype, input.data.length);
    output.set(input.data);
    return output;
  },
  lower: keepQuantisation,
});
