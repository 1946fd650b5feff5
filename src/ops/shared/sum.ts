import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes } from '../../ir/graph.js';
import { elementCount } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import type { OpDefinition } from '../op.js';
import { activate, activationSchema, clampRange, isClamp } from './activation.js';
import { broadcastShape, broadcastWindows, forEachPair } from './broadcast.js';
import { defineOp, vocabulary } from './define.js';
import { type Rescale, rescaledSum, rescaleOf, rescaleSchema, type Sign } from './rescale.js';
import { genericSum } from './sum-kernel.js';

const attributes = z.strictObject({
  activation: activationSchema.refine(a => a.kind === 'identity' || isClamp(a), 'a sum takes in clamps alone'),
  requantisation: rescaleSchema.optional(),
});

export interface SumAttributes extends Attributes {
  /** Fused by a pass: identity, or what a clamp can compute. */
  readonly activation: z.infer<typeof activationSchema>;
  readonly requantisation?: Rescale | undefined;
}

/**
 * `a + sign * b` of two tensors, element by element. Both may be the same tensor. Each has a scale and a zero point of its own;
 * docs/numeric.md says how they meet.
 */
export function sumOp(kind: string, summary: string, sign: Sign): OpDefinition {
  return defineOp<SumAttributes>({
    kind,
    summary,
    arity: 2,
    traits: { clamps: true },
    attributes,
    vocabulary: vocabulary(z.strictObject({}), () => ({ activation: { kind: 'identity' } }), { optionsOptional: true }),
    inferShape: (site, [a, b]) => broadcastShape(site, sign > 0 ? 'add' : 'subtract', a, b),
    rowWindows: (_site, inputs) => broadcastWindows(inputs),
    macs: () => 0,
    evaluate({ attributes, type }, [a, b]) {
      const output = new Float32Array(elementCount(type.shape));
      forEachPair(type.shape, a.type.shape, b.type.shape, (i, ofA, ofB) => {
        output[i] = activate(attributes.activation, a.data[ofA] + sign * b.data[ofB], 0);
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
      const output = new Int8Array(elementCount(type.shape));
      forEachPair(type.shape, a.type.shape, b.type.shape, (i, ofA, ofB) => {
        const sum = rescaledSum(requantisation, a.data[ofA] - zeroA, b.data[ofB] - zeroB, sign);
        output[i] = clamp(sum + zero, requantisation.low, requantisation.high);
      });
      return output;
    },

    lower(node, { inputs, output, rounding }) {
      const [a, b] = inputs.map(({ quantisation }) => quantisation);
      invariant(a !== undefined && b !== undefined, `${node.name}: sum of a tensor without quantisation`);
      const range = clampRange(node.attributes.activation, output);
      return {
        ...node,
        attributes: { ...node.attributes, requantisation: rescaleOf(node, rounding, [a, b], output, range, sign) },
        type: { ...node.type, dtype: 'i8', quantisation: output },
      };
    },
    kernels: [genericSum(kind, sign)],
  });
}
