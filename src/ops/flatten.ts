import { z } from 'zod';
import type { Node } from '../ir/graph.js';
import { allocate, elementCount, type Shape } from '../ir/tensor.js';
import type { OpDefinition, Operand } from './op.js';
import { keepQuantisation } from './pool.js';
import { upTo, withChannels } from './shared/channel-rules.js';
import { defineOp, vocabulary } from './shared/define.js';
import { wholeInput } from './shared/window.js';

const attributes = z.strictObject({ order: z.enum(['NHWC', 'NCHW']) });

export type FlattenAttributes = z.infer<typeof attributes>;

function flattened(node: Node<FlattenAttributes>, [input]: readonly Operand[]) {
  const { height, width, channels } = input.type.shape;
  const output = allocate(node.type.dtype, input.data.length);
  if (node.attributes.order === 'NHWC') {
    output.set(input.data);
    return output;
  }
  let at = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) output[at++] = input.data[(y * width + x) * channels + c];
    }
  }
  return output;
}

/** The elements of the result that are of channel `c`. */
function elementsOf(order: FlattenAttributes['order'], { height, width, channels }: Shape, c: number): number[] {
  const positions = height * width;
  return upTo(positions).map(position => (order === 'NHWC' ? position * channels + c : c * positions + position));
}

/** Before a dense layer a pass folds it into the weights, whatever the order; elsewhere it copies. */
export const flatten: OpDefinition = defineOp<FlattenAttributes>({
  kind: 'flatten',
  summary: 'the whole input as one vector, in NHWC order or in the NCHW order that PyTorch counts in',
  arity: 1,
  traits: { keepsQuantisation: true, flattens: true, int16: true },
  attributes,
  vocabulary: vocabulary(
    z.strictObject({ order: z.enum(['NHWC', 'NCHW']).optional() }),
    options => ({ order: options.order ?? 'NHWC' }),
    { optionsOptional: true },
  ),
  inferShape: (_site, [input]) => ({ height: 1, width: 1, channels: elementCount(input) }),
  rowWindows: (_site, [input]) => [wholeInput(input)],
  macs: () => 0,
  channels: {
    ranges({ attributes: { order } }, [{ type, ranges }]) {
      const positions = type.shape.height * type.shape.width;
      return upTo(elementCount(type.shape)).map(
        i => ranges[order === 'NHWC' ? i % ranges.length : Math.floor(i / positions)],
      );
    },
    bundles: ({ attributes: { order } }, [input]) =>
      upTo(input.channels).map(c => ({ inputs: [[c]], outputs: elementsOf(order, input, c) })),
    select: (node, _inputs, { outputs }) => withChannels(node, outputs.length),
  },
  evaluate: (node, inputs) => Float32Array.from(flattened(node, inputs)),
  reference: flattened,
  lower: keepQuantisation,
});
