import { z } from 'zod';
import { fail, invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes } from '../../ir/graph.js';
import { elementCount, formatShape, type Shape, sameShape } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import type { OpDefinition, OpSite } from '../op.js';
import { activate, activationSchema, clampRange, isClamp } from '../shared/activation.js';
import { defineOp, vocabulary } from '../shared/define.js';
import { sameRow } from '../shared/window.js';
import { genericAdd } from './generic.js';
import { type Rescale, rescaledSum, rescaleOf, rescaleSchema } from './rescale.js';

const attributes = z.strictObject({
  activation: activationSchema.refine(a => a.kind === 'identity' || isClamp(a), 'an addition takes in clamps alone'),
  requantisation: rescaleSchema.optional(),
});

export interface AddAttributes extends Attributes {
  /** Fused by a pass: identity, or what a clamp can compute. */
  readonly activation: z.infer<typeof activationSchema>;
  readonly requantisation?: Rescale | undefined;
}

/**
 * The sum of two tensors of one shape, element by element: a residual connection. Both may be the same tensor. Each has a
 * scale and a zero point of its own; docs/numeric.md says how they meet.
 */
export const add: OpDefinition = defineOp<AddAttributes>({
  kind: 'add',
  summary: 'sum of two tensors of the same shape, element by element',
  arity: 2,
  traits: { clamps: true },
  attributes,
  vocabulary: vocabulary(z.strictObject({}), () => ({ activation: { kind: 'identity' } }), { optionsOptional: true }),
  inferShape(site, [a, b]) {
    if (!sameShape(a, b)) refuseShapes(site, a, b);
    return a;
  },
  rowWindows: () => [sameRow, sameRow],
  macs: () => 0,
  evaluate: ({ attributes }, [a, b]) =>
    Float32Array.from(a.data, (x, i) => activate(attributes.activation, x + b.data[i], 0)),

  reference({ name, attributes, type }, [a, b]) {
    const { requantisation } = attributes;
    const [zeroA, zeroB, zero] = [a.type, b.type, type].map(({ quantisation }) => quantisation?.zeroPoint);
    invariant(
      requantisation !== undefined && zeroA !== undefined && zeroB !== undefined && zero !== undefined,
      `${name} is not in integer form`,
    );
    const output = new Int8Array(elementCount(type.shape));
    for (let i = 0; i < output.length; i++) {
      const sum = rescaledSum(requantisation, a.data[i] - zeroA, b.data[i] - zeroB);
      output[i] = clamp(sum + zero, requantisation.low, requantisation.high);
    }
    return output;
  },

  lower(node, { inputs, output, rounding }) {
    const [a, b] = inputs.map(({ quantisation }) => quantisation);
    invariant(a !== undefined && b !== undefined, `${node.name}: addition of a tensor without quantisation`);
    const range = clampRange(node.attributes.activation, output);
    return {
      ...node,
      attributes: { ...node.attributes, requantisation: rescaleOf(node, rounding, [a, b], output, range) },
      type: { ...node.type, dtype: 'i8', quantisation: output },
    };
  },
  kernels: [genericAdd],
});

function refuseShapes(site: OpSite, a: Shape, b: Shape): never {
  const [first, second] = site.producers ?? [];
  const note = (place: string, shape: Shape, producer: typeof first) => ({
    message: `the ${place}${producer === undefined ? '' : `, '${producer.name}',`} is ${formatShape(shape)}`,
    span: producer?.span,
  });
  const sameArea = a.height === b.height && a.width === b.width;
  fail('E0207', `'${site.name}' cannot add ${formatShape(a)} and ${formatShape(b)}: the shapes differ`, {
    span: site.span,
    notes: [note('first', a, first), note('second', b, second)],
    hint: sameArea
      ? 'give both branches the same number of channels: a 1x1 conv on the shortcut is the usual way'
      : 'give both branches the same strides and padding: the shortcut is usually a 1x1 conv with the stride of the other branch',
  });
}
