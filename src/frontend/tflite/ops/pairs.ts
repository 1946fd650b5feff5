import type { Node } from '../../../ir/graph.js';
import { type Quantisation, valuesOf } from '../../../ir/tensor.js';
import { requantiseTflite, tfliteMultiplier } from '../../../numeric/requantise.js';
import { productFactor, productRescale } from '../../../ops/mul.js';
import { clampRange } from '../../../ops/shared/activation.js';
import { rescaledSum, rescaleOf, type Sign, sumScales, tfliteLeftShift } from '../../../ops/shared/rescale.js';
import { shapeOf } from '../../import/values.js';
import { activationData, activationQuantisation, requireType } from '../quantisation.js';
import { type Table, tableOf } from '../tables.js';
import { addLookup } from './lookups.js';
import { fusedActivation, type Translation } from './op.js';
import { requireSpatial } from './pool.js';
import { addRescale, evenly, isWide, type RescaleNumbers } from './rescales.js';

/** What an operator makes of two values, as differences from their zero points, before its own zero point and clamp. */
type Combine = (a: number, b: number) => number;

type Inputs = readonly [Quantisation, Quantisation];

/** The numbers of a `rescale` of one operand for constant values of the other, `fixed`. */
type NumbersFor = (
  node: Node,
  inputs: Inputs,
  output: Quantisation,
  fixed: 0 | 1,
  values: readonly number[],
) => RescaleNumbers;

/**
 * ADD, SUB, MUL. With a constant it is a function of the other operand: a table, or one for each channel, and with int16 a
 * multiple and an offset.
 */
function pair(
  kind: string,
  combineFor: (node: Node, inputs: Inputs, output: Quantisation) => Combine,
  numbersFor: NumbersFor,
): Translation {
  return context => {
    const { name } = context.label(kind);
    const activation = fusedActivation(context);
    const to = context.outputQuantisation();
    const constants = [0, 1].filter(input => context.isConstant(input));
    if (constants.length === 2) context.refuse('has two constants');
    if (constants.length === 0) {
      const inputs = [context.image(0, `${kind}_a`), context.image(1, `${kind}_b`)];
      context.bind(context.add({ kind, name, inputs, activation, quantisation: to }));
      return;
    }
    const fixed = constants[0] === 0 ? 0 : 1;
    const input = context.image(1 - fixed, kind);
    const tensor = context.tensor(fixed);
    const values = activationData(tensor, context.span);
    const shape = shapeOf(tensor.dims);
    const { channels } = input.type.shape;
    const perChannel = values.length === channels && shape?.channels === channels;
    if (values.length !== 1 && !perChannel) {
      context.refuse(
        `has a constant of shape [${tensor.dims.join(', ')}]`,
        'one value, or one for each channel, can be imported',
      );
    }
    const from = context.quantisation(1 - fixed);
    const other = activationQuantisation(tensor, context.span);
    requireType(tensor, [context.tensor(1 - fixed).type], context.span);
    const inputs = fixed === 0 ? ([other, from] as const) : ([from, other] as const);
    if (isWide(context)) {
      const numbers = numbersFor(input, inputs, to, fixed, Array.from(values));
      context.bind(addRescale(context, name, input, numbers, activation, to));
      return;
    }
    const combine = combineFor(input, inputs, to);
    const { low, high } = clampRange(activation, to);
    const tables = Array.from(values, (value): Table => {
      const constant = value - other.zeroPoint;
      return tableOf(q => {
        const x = q - from.zeroPoint;
        const y = (fixed === 0 ? combine(constant, x) : combine(x, constant)) + to.zeroPoint;
        return Math.min(Math.max(y, low), high);
      });
    });
    context.bind(addLookup(context, name, input, tables, activation, to));
  };
}

/** Source: reference_integer_ops::AddElementwise and reference_ops::SubElementwise. */
const sum = (kind: string, sign: Sign) =>
  pair(
    kind,
    (node, inputs, output) => {
      const rescale = rescaleOf(node, 'tflite', inputs, output, valuesOf(output), sign);
      return (a, b) => rescaledSum(rescale, a, b, sign);
    },
    (node, inputs, output, fixed, values) => {
      // Refuses what cannot be computed.
      rescaleOf(node, 'tflite', inputs, output, valuesOf(output), sign);
      const left = 2 ** tfliteLeftShift(output.bits);
      const scales = sumScales(inputs, output, sign);
      const constant = tfliteMultiplier(scales.inputs[fixed]);
      const offsets = values.map(value => requantiseTflite(value * left, constant) * (fixed === 0 ? 1 : sign));
      const scale = scales.inputs[1 - fixed];
      return {
        slopes: values.map(() => [left, left] as const),
        scales: [scale, scale],
        sum: { kind: fixed === 0 && sign < 0 ? 'minus' : 'plus', offsets, scale: scales.output },
      };
    },
  );

export const addOperator = sum('add', 1);
export const subOperator = sum('sub', -1);

/** Source: reference_integer_ops::MulElementwise. */
export const mulOperator = pair(
  'mul',
  (node, inputs, output) => {
    const rescale = productRescale(node, 'tflite', inputs, output, valuesOf(output));
    return (a, b) => requantiseTflite(a * b, rescale);
  },
  (node, inputs, output, _fixed, values) => {
    productRescale(node, 'tflite', inputs, output, valuesOf(output));
    return { ...evenly(productFactor(inputs, output)), slopes: values.map(value => [value, value] as const) };
  },
);

/** MEAN over height and width. Source: reference_ops::QuantizedMeanOrSum. */
export const meanOperator: Translation = context => {
  requireSpatial(context);
  const input = context.image(0, 'mean');
  context.bind(
    context.add({
      kind: 'mean',
      name: context.label('mean').name,
      inputs: [input],
      quantisation: context.outputQuantisation(),
    }),
  );
};
