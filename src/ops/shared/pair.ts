import { z } from 'zod';
import { invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../../ir/graph.js';
import { allocate, elementCount, type Quantisation, quantisedType, type TensorType } from '../../ir/tensor.js';
import { clamp, type Rounding } from '../../numeric/requantise.js';
import type { OpDefinition } from '../op.js';
import { activate, activationSchema, clampRange, isClamp } from './activation.js';
import { broadcastShape, broadcastWindows, forEachPair } from './broadcast.js';
import { ownChannels, upTo, withChannels } from './channel-rules.js';
import { defineOp, vocabulary } from './define.js';
import type { Range } from './rescale.js';

/** Of an op on two tensors; `R` is how its integer result is made, there in integer graphs only. */
export interface PairAttributes<R extends Range> extends Attributes {
  /** Fused by a pass: identity, or what a clamp can compute. */
  readonly activation: z.infer<typeof activationSchema>;
  readonly requantisation?: R | undefined;
}

/** What makes one op on two tensors another than the next. */
export interface PairMeaning<R extends Range> {
  readonly kind: string;
  readonly summary: string;
  /** As in "cannot add". */
  readonly verb: string;
  /** What the result is called: `sum`, `product`. */
  readonly result: string;
  readonly requantisation: z.ZodType<R>;
  float(a: number, b: number): number;
  /** Of differences from the zero points, in steps of the output, before its zero point and its clamp. */
  integer(requantisation: R, a: number, b: number): number;
  /** `range` is what the output is clamped to. @throws CompileError E0502 when scales are too far apart */
  rescale(
    node: Node,
    rounding: Rounding,
    inputs: readonly [Quantisation, Quantisation],
    output: Quantisation,
    range: Range,
  ): R;
}

/** An op on two tensors, element by element, or on one and a single row, column or channel for all. */
export function pairOp<R extends Range>(meaning: PairMeaning<R>): OpDefinition {
  const { kind, summary, verb, result } = meaning;
  return defineOp<PairAttributes<R>>({
    kind,
    summary,
    arity: 2,
    traits: { clamps: true, int16: true },
    attributes: z.strictObject({
      activation: activationSchema.refine(
        a => a.kind === 'identity' || isClamp(a),
        `a ${result} takes in clamps alone`,
      ),
      requantisation: meaning.requantisation.optional(),
    }),
    vocabulary: vocabulary(z.strictObject({}), () => ({ activation: { kind: 'identity' } }), { optionsOptional: true }),
    inferShape: (context, [a, b]) => broadcastShape(context, verb, a, b),
    rowWindows: (_site, inputs) => broadcastWindows(inputs),
    macs: () => 0,
    evaluate({ attributes, type }, [a, b]) {
      const output = new Float32Array(elementCount(type.shape));
      forEachPair(type.shape, a.type.shape, b.type.shape, (i, ofA, ofB) => {
        output[i] = activate(attributes.activation, meaning.float(a.data[ofA], b.data[ofB]), 0);
      });
      return output;
    },

    reference(node, [a, b]) {
      const combine = integerOf(meaning, node, [a.type, b.type]);
      const output = allocate(node.type.dtype, elementCount(node.type.shape));
      forEachPair(node.type.shape, a.type.shape, b.type.shape, (i, ofA, ofB) => {
        output[i] = combine(a.data[ofA], b.data[ofB]);
      });
      return output;
    },

    channels: {
      // Sums go one way in each operand, and so do products where the other operand stays: extremes are at the corners.
      ranges(node, [a, b]) {
        const combine = integerOf(meaning, node, [a.type, b.type]);
        return upTo(node.type.shape.channels).map(c => {
          const [ofA, ofB] = [a, b].map(({ ranges }) => ranges[ranges.length === 1 ? 0 : c]);
          const corners = [ofA.low, ofA.high].flatMap(x => [ofB.low, ofB.high].map(y => combine(x, y)));
          return { low: Math.min(...corners), high: Math.max(...corners) };
        });
      },
      bundles: ownChannels,
      select: (node, _inputs, { outputs }) => withChannels(node, outputs.length),
    },

    lower(node, { inputs, output, rounding }) {
      const [a, b] = inputs.map(({ quantisation }) => quantisation);
      invariant(a !== undefined && b !== undefined, `${node.name}: ${result} of a tensor without quantisation`);
      const range = clampRange(node.attributes.activation, output);
      return {
        ...node,
        attributes: { ...node.attributes, requantisation: meaning.rescale(node, rounding, [a, b], output, range) },
        type: quantisedType(node.type.shape, output),
      };
    },
  });
}

/** What two values become. */
function integerOf<R extends Range>(
  meaning: PairMeaning<R>,
  { name, attributes, type }: Node<PairAttributes<R>>,
  [a, b]: readonly [TensorType, TensorType],
): (x: number, y: number) => number {
  const { requantisation } = attributes;
  const [zeroA, zeroB, zero] = [a, b, type].map(({ quantisation }) => quantisation?.zeroPoint);
  invariant(
    requantisation !== undefined && zeroA !== undefined && zeroB !== undefined && zero !== undefined,
    `${name} is not in integer form`,
  );
  const { low, high } = requantisation;
  return (x, y) => clamp(meaning.integer(requantisation, x - zeroA, y - zeroB) + zero, low, high);
}
