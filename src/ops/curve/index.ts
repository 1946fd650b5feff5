import { z } from 'zod';
import { fail, invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../../ir/graph.js';
import { elementCount, type TensorType } from '../../ir/tensor.js';
import type { OpDefinition } from '../op.js';
import { activate } from '../shared/activation.js';
import { ownChannelRules } from '../shared/channel-rules.js';
import { defineOp, vocabulary } from '../shared/define.js';
import { sameRow } from '../shared/window.js';
import { genericCurve } from './generic.js';
import { type Curve, type CurveFactor, curveAt, curveFactor, curves } from './interpolate.js';

const factorSchema = z.strictObject({
  multiplier: z
    .int()
    .min(0)
    .max(2 ** 15 - 1),
  shift: z.int().min(0).max(31),
});
const attributes = z.strictObject({ function: z.enum(curves), factor: factorSchema.optional() });

export interface CurveAttributes extends Attributes {
  readonly function: Curve;
  /** Of the input; there in integer graphs only. */
  readonly factor?: z.infer<typeof factorSchema> | undefined;
}

/** The factor and the zero point of the input of a node in integer form. */
export function integerCurve({ name, attributes }: Node<CurveAttributes>, input: TensorType) {
  const { function: curve, factor } = attributes;
  invariant(factor !== undefined && input.quantisation !== undefined, `${name} is in integer form`);
  return { curve, factor: factor satisfies CurveFactor, zeroPoint: input.quantisation.zeroPoint };
}

/** One definition under every rounding rule: TFLite's, whose result always has scale 2^-15. */
export const curve: OpDefinition = defineOp<CurveAttributes>({
  kind: 'curve',
  summary: 'sigmoid or tanh, int16, interpolated in a table, bit for bit as TFLite computes them',
  arity: 1,
  traits: { wide: true, fixedQuantisation: { scale: 2 ** -15, zeroPoint: 0, bits: 16 } },
  attributes,
  vocabulary: vocabulary(z.strictObject({ function: z.enum(curves) }), options => options),
  inferShape: (_site, [input]) => input,
  rowWindows: () => [sameRow],
  macs: () => 0,
  // Both curves rise.
  channels: ownChannelRules((node, { low, high }, { type }) => {
    const { curve, factor, zeroPoint } = integerCurve(node, type);
    return { low: curveAt(curve, factor, low - zeroPoint), high: curveAt(curve, factor, high - zeroPoint) };
  }),
  evaluate: ({ attributes }, [input]) =>
    Float32Array.from(input.data, x => activate({ kind: attributes.function }, x, 0)),
  reference(node, [input]) {
    const { curve, factor, zeroPoint } = integerCurve(node, input.type);
    const output = new Int16Array(elementCount(node.type.shape));
    for (let i = 0; i < output.length; i++) output[i] = curveAt(curve, factor, input.data[i] - zeroPoint);
    return output;
  },
  lower(node, { inputs: [input], output }) {
    invariant(input.quantisation !== undefined, `${node.name}: its input has no quantisation`);
    const factor = curveFactor(node.attributes.function, input.quantisation.scale);
    if (factor === undefined) {
      return fail('E0502', `'${node.name}' reads a tensor with a scale of ${input.quantisation.scale}`, {
        span: node.span,
        hint: 'a scale below 2.66 fits the algorithm; quantise again with representative calibration images',
      });
    }
    return {
      ...node,
      attributes: { ...node.attributes, factor: { ...factor } },
      type: { ...node.type, dtype: 'i16', quantisation: output },
    };
  },
  kernels: [genericCurve],
});
