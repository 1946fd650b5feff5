import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import { clamp, requantise } from '../../numeric/requantise.js';
import type { OpDefinition } from '../op.js';
import { activate, activationSchema, clampRange, isClamp } from '../shared/activation.js';
import { broadcastShape, broadcastWindows, forEachPair } from '../shared/broadcast.js';
import { defineOp, vocabulary } from '../shared/define.js';
import { genericMul } from './generic.js';
import { type ProductRescale, productRescale, productSchema } from './rescale.js';

const attributes = z.strictObject({
  activation: activationSchema.refine(a => a.kind === 'identity' || isClamp(a), 'a product takes in clamps alone'),
  requantisation: productSchema.optional(),
});

export interface MulAttributes extends Attributes {
  readonly activation: z.infer<typeof activationSchema>;
  readonly requantisation?: ProductRescale | undefined;
}

/** Source of the integer form under the TFLite rules: reference_integer_ops::MulElementwise. */
export const mul: OpDefinition = defineOp<MulAttributes>({
  kind: 'mul',
  summary: 'product of two tensors, element by element; of a single row, column or channel, for all',
  arity: 2,
  traits: { clamps: true },
  attributes,
  vocabulary: vocabulary(z.strictObject({}), () => ({ activation: { kind: 'identity' } }), { optionsOptional: true }),
  inferShape: (site, [a, b]) => broadcastShape(site, 'multiply', a, b),
  rowWindows: (_site, inputs) => broadcastWindows(inputs),
  macs: () => 0,
  evaluate({ attributes, type }, [a, b]) {
    const output = new Float32Array(elementCount(type.shape));
    forEachPair(type.shape, a.type.shape, b.type.shape, (i, ofA, ofB) => {
      output[i] = activate(attributes.activation, a.data[ofA] * b.data[ofB], 0);
    });
    return output;
  },

  reference({ name, attributes, type }, [a, b]) {
    const { requantisation } = attributes;
    const [zeroA, zeroB, zero] = [a.type, b.type, type].map(({ quantisation }) => quantisation?.zeroPoint);
    invariant(
      requantisation !== undefined && zeroA !== undefined && zeroB !== undefined && zero !== undefined,
      `${name} is not in integer form`,
    );
    const { rounding, preShift, low, high } = requantisation;
    const output = new Int8Array(elementCount(type.shape));
    forEachPair(type.shape, a.type.shape, b.type.shape, (i, ofA, ofB) => {
      const product = (a.data[ofA] - zeroA) * (b.data[ofB] - zeroB);
      output[i] = clamp(requantise(rounding, product, requantisation, preShift) + zero, low, high);
    });
    return output;
  },

  lower(node, { inputs, output, rounding }) {
    const [a, b] = inputs.map(({ quantisation }) => quantisation);
    invariant(a !== undefined && b !== undefined, `${node.name}: product of a tensor without quantisation`);
    const range = clampRange(node.attributes.activation, output);
    return {
      ...node,
      attributes: { ...node.attributes, requantisation: productRescale(node, rounding, [a, b], output, range) },
      type: { ...node.type, dtype: 'i8', quantisation: output },
    };
  },
  kernels: [genericMul],
});
