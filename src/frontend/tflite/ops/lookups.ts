import { fail } from '../../../diagnostics/diagnostic.js';
import type { Attributes, Node } from '../../../ir/graph.js';
import { constant, type Quantisation } from '../../../ir/tensor.js';
import { fitsMultiplier } from '../../../numeric/requantise.js';
import { type Activation, clampRange } from '../../../ops/shared/activation.js';
import type { OperatorContext } from '../context.js';
import { int8Data, tensorQuantisation } from '../quantisation.js';
import {
  clampTable,
  eluTable,
  hardSwishTable,
  leakyReluScales,
  leakyReluTable,
  logisticTable,
  preluScales,
  preluTable,
  reluTable,
  requantizeTable,
  type Table,
  tableOf,
  tanhTable,
} from '../tables.js';
import type { Translation } from './op.js';
import { addRescale, evenly, isWide, type RescaleNumbers } from './rescales.js';

/** Adds a lookup after `input`, with one table or one for each channel. */
export function addLookup(
  context: OperatorContext,
  name: string,
  input: Node,
  tables: readonly Table[],
  meaning: Activation,
  quantisation: Quantisation,
): Node {
  const perChannel = tables.length > 1;
  context.builder.claim(256 * tables.length, context.span);
  const data = new Int8Array(256 * tables.length);
  tables.forEach((table, i) => {
    data.set(table, 256 * i);
  });
  const options: Attributes = {
    ...(meaning.kind === 'identity' ? {} : { function: meaning }),
    ...(perChannel ? { perChannel } : {}),
  };
  const constants = { table: constant('i8', [tables.length, 256], data) };
  return context.add({ kind: 'lookup', name, inputs: [input], options, constants, quantisation });
}

/** A clamp that an operator has fused in, and its counterpart here has not. */
export function clampAfter(context: OperatorContext, input: Node, activation: Activation, name: string): Node {
  const quantisation = context.outputQuantisation();
  if (quantisation.bits === 16) return addRescale(context, name, input, evenly(1), activation, quantisation);
  const { low, high } = clampRange(activation, quantisation);
  return addLookup(context, name, input, [clampTable(low, high)], activation, quantisation);
}

/** An operator that is one function of single values: in a table, or with int16 by numbers where it is a multiple. */
function unary(
  short: string,
  meaning: Activation,
  table: (context: OperatorContext, input: Quantisation, output: Quantisation) => Table,
  numbers?: (context: OperatorContext, input: Quantisation, output: Quantisation) => RescaleNumbers,
): Translation {
  return context => {
    const input = context.image(0, short);
    const [from, to] = [context.quantisation(0), context.outputQuantisation()];
    requireFactor(context, from.scale / to.scale);
    const { name } = context.label(short);
    if (numbers !== undefined && isWide(context)) {
      context.bind(addRescale(context, name, input, numbers(context, from, to), meaning, to));
      return;
    }
    context.bind(addLookup(context, name, input, [table(context, from, to)], meaning, to));
  };
}

/** @throws CompileError E0502 when the scales are too far apart for a multiplier */
function requireFactor(context: OperatorContext, factor: number): void {
  if (factor > 0 && fitsMultiplier(factor)) return;
  fail('E0502', `${context.operator.kind} has a requantisation factor of ${factor}`, {
    span: context.span,
    hint: 'scales must be of a comparable size; convert again with a representative data set',
  });
}

function requireOutput(context: OperatorContext, { scale, zeroPoint }: Quantisation): void {
  const found = context.outputQuantisation();
  if (found.scale === scale && found.zeroPoint === zeroPoint) return;
  context.refuse(
    `has the output scale ${found.scale} and zero point ${found.zeroPoint}, where ${scale} and ${zeroPoint} are needed`,
  );
}

/** Source: reference_ops::Requantize; PrepareQuantizeReference, CalculateReluOpData. */
const ratio = (_site: OperatorContext, from: Quantisation, to: Quantisation) => evenly(from.scale / to.scale);

export const relu = unary('relu', { kind: 'relu' }, (_site, from, to) => reluTable(from, to), ratio);

/** RELU6 and RELU_N1_TO_1 only clamp, and the scale is that of the input. */
const pureClamp = (short: string, activation: Activation): Translation =>
  unary(
    short,
    activation,
    (context, from) => {
      context.requireSameQuantisation();
      const { low, high } = clampRange(activation, from);
      return clampTable(low, high);
    },
    context => {
      context.requireSameQuantisation();
      return evenly(1);
    },
  );

export const relu6 = pureClamp('relu', { kind: 'relu6' });
export const reluN1To1 = pureClamp('relu', { kind: 'reluN1To1' });

/** RELU_0_TO_1: a clamp, too, which has no name here. */
export const relu0To1 = unary('relu', { kind: 'identity' }, (context, from) => {
  context.requireSameQuantisation();
  const one = Math.round(Math.fround(1 / from.scale));
  return clampTable(from.zeroPoint, Math.min(from.zeroPoint + one, 127));
});

/** MINIMUM or MAXIMUM with constants. TFLM compares int8 values as they are, so that all have one scale. */
const bound =
  (short: string, of: (q: number, c: number) => number): Translation =>
  context => {
    const fixed = [0, 1].filter(input => context.isConstant(input));
    if (fixed.length !== 1)
      context.refuse('has no constant or two', 'with one value, or one for each channel, it can be imported');
    const [constantInput] = fixed;
    if (isWide(context)) context.refuse('has int16 activations', 'use RELU or RELU6');
    for (const input of [0, 1]) context.requireSameQuantisation(input);
    const input = context.image(1 - constantInput, short);
    const tensor = context.tensor(constantInput);
    const values = int8Data(tensor, context.span);
    const { channels } = input.type.shape;
    if (values.length !== 1 && !(values.length === channels && tensor.dims.at(-1) === channels)) {
      context.refuse(
        `has a constant of shape [${tensor.dims.join(', ')}]`,
        'one value, or one for each channel, can be imported',
      );
    }
    const tables = Array.from(values, value => tableOf(q => of(q, value)));
    context.bind(
      addLookup(context, context.label(short).name, input, tables, { kind: 'identity' }, context.outputQuantisation()),
    );
  };

export const minimum = bound('min', Math.min);
export const maximum = bound('max', Math.max);

/** LOGISTIC or TANH; its output has the one scale that the algorithm has. */
function curveOperator(
  curve: 'sigmoid' | 'tanh',
  narrow: Quantisation,
  table: (input: Quantisation) => Table,
): Translation {
  const ofInt8 = unary(curve, { kind: curve }, (context, from) => {
    requireOutput(context, narrow);
    return table(from);
  });
  return context => {
    if (!isWide(context)) return ofInt8(context);
    const quantisation = context.outputQuantisation();
    requireOutput(context, { scale: 2 ** -15, zeroPoint: 0 });
    const inputs = [context.image(0, curve)];
    const options = { function: curve };
    context.bind(context.add({ kind: 'curve', name: context.label(curve).name, inputs, options, quantisation }));
  };
}

export const logisticOperator = curveOperator('sigmoid', { scale: 1 / 256, zeroPoint: -128 }, logisticTable);
export const tanhOperator = curveOperator('tanh', { scale: 1 / 128, zeroPoint: 0 }, tanhTable);

export const hardSwish = unary(
  'hswish',
  { kind: 'hardSwish' },
  (context, from, to) =>
    hardSwishTable(from, to) ?? context.refuse('has an output scale below 1/128 of its input scale'),
);

export const elu = unary('elu', { kind: 'elu', alpha: 1 }, (_site, from, to) => eluTable(from, to));

export const leakyRelu: Translation = context => {
  const { alpha } = context.operator.options;
  if (!Number.isFinite(alpha)) context.refuse(`has the alpha ${alpha}`);
  // The float meaning of model.ts has slopes of 0 to 1; the table has any.
  const meaning: Activation = alpha >= 0 && alpha <= 1 ? { kind: 'leakyRelu', slope: alpha } : { kind: 'identity' };
  const slope = (from: Quantisation, to: Quantisation) => {
    requireFactor(context, Math.max((Math.abs(alpha) * from.scale) / to.scale, 2 ** -40));
    return alpha;
  };
  unary(
    'leaky',
    meaning,
    (_site, from, to) => leakyReluTable(from, to, slope(from, to)),
    (_site, from, to) => ({ slopes: [[1, 1]], scales: leakyReluScales(from, to, slope(from, to)) }),
  )(context);
};

/** PRELU with an alpha for the tensor or for each channel: a table each. */
export const prelu: Translation = context => {
  const input = context.image(0, 'prelu');
  const tensor = context.tensor(1);
  if (!context.isConstant(1)) context.refuse('has slopes that are not constant');
  const slopes = int8Data(tensor, context.span);
  const { channels } = input.type.shape;
  const perChannel = slopes.length === channels && tensor.dims.at(-1) === channels;
  if (slopes.length !== 1 && !perChannel) {
    context.refuse(
      `has slopes of shape [${tensor.dims.join(', ')}]`,
      'share the slopes over rows and columns: shared_axes=[1, 2]',
    );
  }
  const [from, alpha, to] = [
    context.quantisation(0),
    tensorQuantisation(tensor, context.span, [-128, 127]),
    context.outputQuantisation(),
  ];
  requireFactor(context, from.scale / to.scale);
  requireFactor(context, (from.scale * alpha.scale) / to.scale);
  const { name } = context.label('prelu');
  if (isWide(context)) {
    const pairs = Array.from(slopes, slope => [1, slope - alpha.zeroPoint] as const);
    const numbers = { slopes: pairs, scales: preluScales(from, alpha, to) };
    context.bind(addRescale(context, name, input, numbers, { kind: 'identity' }, to));
    return;
  }
  const tables = Array.from(slopes, slope => preluTable(from, alpha, to, slope));
  context.bind(addLookup(context, name, input, tables, { kind: 'identity' }, to));
};

/**
 * QUANTIZE: between int8 and int16 tensors a change of scale. Before the network it makes the float or uint8 input int8 or
 * int16, and is left out: the input is that then. After it, towards uint8, likewise.
 */
export const quantize: Translation = context => {
  const input = context.known(0);
  if (context.output().type === 'UINT8') {
    const from = context.quantisation(0);
    const to = tensorQuantisation(context.output(), context.span, [0, 255]);
    requireShifted(context, from, to);
    context.bindValue(context.value(0));
    return;
  }
  if (!('edge' in input)) {
    unary('requant', { kind: 'identity' }, (_site, from, to) => requantizeTable(from, to), ratio)(context);
    return;
  }
  const to = context.outputQuantisation();
  if (input.edge.type === 'UINT8') requireShifted(context, to, tensorQuantisation(input.edge, context.span, [0, 255]));
  context.makeSource(input.edge, to);
};

/** uint8 and int8 are the same numbers shifted by 128 when scales are equal. */
function requireShifted(context: OperatorContext, int8: Quantisation, uint8: Quantisation): void {
  if (int8.bits === undefined && int8.scale === uint8.scale && int8.zeroPoint + 128 === uint8.zeroPoint) return;
  context.refuse(
    int8.bits === 16
      ? 'converts between int16 and uint8'
      : 'converts between int8 and uint8 tensors of different scales',
    `let the input and output of the network be ${int8.bits === 16 ? 'int16' : 'int8'}`,
  );
}

/** DEQUANTIZE after the network is left out: the output is int8 or int16 then. */
export const dequantize: Translation = context => {
  const value = context.value(0);
  if (!context.isNetworkOutput()) context.refuse('is in the middle of the network, which then computes in float');
  context.bindValue(value);
};
