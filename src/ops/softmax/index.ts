import { z } from 'zod';
import { fail, invariant } from '../../diagnostics/diagnostic.js';
import type { Attributes } from '../../ir/graph.js';
import { type Constant, constant, elementCount } from '../../ir/tensor.js';
import { expOnNegative, reciprocal } from '../../numeric/gemmlowp.js';
import { clamp, doublingHighMultiply, roundingDivideByPowerOfTwo, tfliteMultiplier } from '../../numeric/requantise.js';
import type { OpDefinition } from '../op.js';
import { defineOp, vocabulary } from '../shared/define.js';
import { sameRow } from '../shared/window.js';
import { differenceFactor, softmaxOf, wideSchema } from './int16.js';

const attributes = z.strictObject({ wide: wideSchema.optional() });

export interface SoftmaxAttributes extends Attributes {
  /** Where it reads int16. */
  readonly wide?: z.infer<typeof wideSchema> | undefined;
}

/** Each of the summed exponentials is at most 2^19, and their sum has to stay below 2^31. */
const maxChannels = 4095;

/**
 * exp(-d * scale) in F0 for d = 0 up to the largest difference that TFLite counts; later ones give probability zero.
 * Source: TFLite reference kernel Softmax (int8), PreprocessSoftmaxScaling and CalculateInputRadius with 5 integer bits.
 */
function exponentials(scale: number): Constant {
  const { multiplier, shift } = tfliteMultiplier(Math.min(scale * 2 ** 26, 2 ** 31 - 1));
  const radius = Math.floor((31 * 2 ** 26) / 2 ** shift);
  const count = Math.min(radius, 255) + 1;
  const values = Array.from({ length: count }, (_, d) =>
    expOnNegative(doublingHighMultiply(-d * 2 ** shift, multiplier)),
  );
  return constant('i32', [count], values);
}

/**
 * One definition under every rounding rule: TFLite's. From 512 channels on the last shift can reach 32 to 34, for which
 * gemmlowp's 32-bit division is not defined: here it is the exact rounded quotient, which is zero. The result always has
 * scale 1/256 and zero point -128; of int16, which has an algorithm of its own, scale 2^-15.
 */
export const softmax: OpDefinition = defineOp<SoftmaxAttributes>({
  kind: 'softmax',
  summary: 'probabilities over the channels of each position, bit for bit as TFLite computes them',
  arity: 1,
  traits: {
    int16: true,
    fixedQuantisation: { scale: 1 / 256, zeroPoint: -128 },
    fixedInt16Quantisation: { scale: 2 ** -15, zeroPoint: 0, bits: 16 },
  },
  attributes,
  vocabulary: vocabulary(z.strictObject({}), options => options, { optionsOptional: true }),
  inferShape(context, [input]) {
    if (input.channels > maxChannels) {
      fail(
        'E0201',
        `softmax '${context.name}' has ${input.channels} channels, and its sum holds at most ${maxChannels}`,
        {
          span: context.span,
          hint: 'leave the softmax out: argmax, and the order of the classes, are the same without it',
        },
      );
    }
    return input;
  },
  rowWindows: () => [sameRow],
  macs: () => 0,

  evaluate(node, [input]) {
    const { channels } = node.type.shape;
    const output = new Float32Array(elementCount(node.type.shape));
    for (let from = 0; from < output.length; from += channels) {
      const values = input.data.subarray(from, from + channels);
      const largest = Math.max(...values);
      const powers = Array.from(values, x => Math.exp(x - largest));
      const sum = powers.reduce((a, b) => a + b, 0);
      output.set(
        powers.map(p => p / sum),
        from,
      );
    }
    return output;
  },

  reference(node, [input]) {
    const { channels } = node.type.shape;
    const { wide } = node.attributes;
    if (wide !== undefined) {
      const output = new Int16Array(elementCount(node.type.shape));
      for (let from = 0; from < output.length; from += channels) {
        output.set(softmaxOf(input.data.subarray(from, from + channels), wide), from);
      }
      return output;
    }
    const table = node.constants.exponentials.data;
    const output = new Int8Array(elementCount(node.type.shape));
    for (let from = 0; from < output.length; from += channels) {
      let largest = -128;
      for (let c = 0; c < channels; c++) largest = Math.max(largest, input.data[from + c]);
      let sum = 0;
      for (let c = 0; c < channels; c++) {
        const difference = largest - input.data[from + c];
        if (difference < table.length) sum += roundingDivideByPowerOfTwo(table[difference], 12);
      }
      const { scale, bits } = reciprocal(sum);
      for (let c = 0; c < channels; c++) {
        const difference = largest - input.data[from + c];
        const probability =
          difference < table.length
            ? roundingDivideByPowerOfTwo(doublingHighMultiply(scale, table[difference]), bits + 23)
            : 0;
        output[from + c] = clamp(probability - 128, -128, 127);
      }
    }
    return output;
  },

  lower(node, context) {
    const input = context.inputs[0].quantisation;
    invariant(input !== undefined, `${node.name}: softmax of a tensor without quantisation`);
    if (input.bits === 16) {
      const wide = differenceFactor(input.scale);
      if (wide !== undefined)
        return {
          ...node,
          attributes: { wide: { ...wide } },
          type: { ...node.type, dtype: 'i16', quantisation: context.output },
        };
      return fail('E0502', `softmax '${node.name}' reads a tensor with a scale of ${input.scale}`, {
        span: node.span,
        hint: 'a scale below 5 fits the algorithm; quantise again with representative calibration images',
      });
    }
    return {
      ...node,
      constants: { exponentials: exponentials(input.scale) },
      type: { ...node.type, dtype: 'i8', quantisation: context.output },
    };
  },
});
