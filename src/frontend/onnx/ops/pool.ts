import { type Constant, constant } from '../../../ir/tensor.js';
import type { NodeContext } from '../context.js';
import { dimsOf } from '../view.js';
import type { Translation } from './op.js';
import { isTooMuch, type Window, windowOf, windowOptions } from './window.js';

/** MaxPool and AveragePool; padding that an average counts becomes a layer. */
const pool =
  (kind: 'maxPool' | 'avgPool'): Translation =>
  context => {
    const rank = dimsOf(context.view(0)).length;
    const input = context.image(0, 'pool');
    const { name } = context.label('pool');
    const plain = windowOf(context, rank, undefined, input);
    if (plain.dilation.some(step => step !== 1)) context.refuse('has dilations');
    const counted =
      kind === 'avgPool' && context.int('count_include_pad', 0) !== 0 && plain.padding.some(amount => amount > 0);
    const ceiled = context.int('ceil_mode', 0) !== 0;
    if (counted && ceiled)
      context.refuse('counts its padding and rounds its size up', 'leave one of count_include_pad and ceil_mode out');
    const { kernel, stride, padding }: Window = ceiled ? roundedUp(plain, input.type.shape) : plain;
    if (counted) {
      const [top, bottom, left, right] = padding;
      const options = { padding: { top, bottom, left, right } };
      const padded = context.add({ kind: 'pad', name: `${name}.pad`, inputs: [input], options });
      const pooled = context.add({
        kind,
        name,
        inputs: [padded],
        options: windowOptions(kernel, stride, [0, 0, 0, 0]),
      });
      context.bind(pooled, rank);
      return;
    }
    if (isTooMuch(padding, kernel)) context.refuse('has windows that see nothing but padding');
    context.bind(context.add({ kind, name, inputs: [input], options: windowOptions(kernel, stride, padding) }), rank);
  };

/** A window that begins inside the input or before it, and goes beyond its end, counts: padding makes room for it. */
function roundedUp(window: Window, { height, width }: { readonly height: number; readonly width: number }): Window {
  const { kernel, stride, padding } = window;
  const end = (size: number, axis: 0 | 1, before: number, after: number): number => {
    const steps = Math.ceil((size + before + after - kernel[axis]) / stride[axis]);
    const last = steps * stride[axis];
    const outputs = last >= size + before ? steps : steps + 1;
    return Math.max(after, (outputs - 1) * stride[axis] + kernel[axis] - size - before);
  };
  const [top, bottom, left, right] = padding;
  return { ...window, padding: [top, end(height, 0, top, bottom), left, end(width, 1, left, right)] };
}

export const maxPool = pool('maxPool');
export const averagePool = pool('avgPool');

function requireSpatial(context: NodeContext, rank: number): void {
  if (rank !== 3 && rank !== 4) context.refuse(`works on ${rank} dimensions`);
}

/** Means of fewer values may need a multiplier that the op `mean` does not have. */
const fewValues = 16;

function mean(context: NodeContext, rank: number, resultRank: number): void {
  requireSpatial(context, rank);
  const input = context.image(0, 'mean');
  const { height, width, channels } = input.type.shape;
  const count = height * width;
  const quantisation = context.ownQuantisation();
  const { name } = context.label('mean');
  const inputs = [input];
  if (count === 1) {
    context.bind(input, resultRank);
    return;
  }
  const few =
    quantisation === undefined
      ? count < fewValues
      : context.quantisationOf(input).scale / (quantisation.scale * count) >= 0.49;
  if (!few) {
    context.bind(context.add({ kind: 'mean', name, inputs, ...(quantisation && { quantisation }) }), resultRank);
    return;
  }
  // The same as weights that are all alike: rounded once, whatever the scales are.
  const shape = [channels, height, width, 1];
  context.builder.claim(count * channels, context.span);
  const options = { kernel: [height, width], ...(quantisation === undefined ? { bias: false } : {}) };
  const constants: Record<string, Constant> =
    quantisation === undefined
      ? { weight: constant('f32', shape, new Float32Array(count * channels).fill(1 / count)) }
      : {
          weight: constant('i8', shape, new Int8Array(count * channels).fill(1)),
          bias: constant('i32', [channels], new Int32Array(channels)),
          weightScale: constant('f64', [channels], new Float64Array(channels).fill(1 / count)),
        };
  const spec = { kind: 'depthwiseConv', name, inputs, options, constants };
  context.bind(context.add(quantisation === undefined ? spec : { ...spec, quantisation }), resultRank);
}

export const globalAveragePool: Translation = context => {
  if (context.int('channels_last', 0) !== 0) context.refuse('counts channels last');
  const rank = dimsOf(context.view(0)).length;
  mean(context, rank, rank);
};

function largest(context: NodeContext, rank: number, resultRank: number): void {
  requireSpatial(context, rank);
  const input = context.image(0, 'pool');
  const { height, width } = input.type.shape;
  context.bind(
    context.add({
      kind: 'maxPool',
      name: context.label('pool').name,
      inputs: [input],
      options: { kernel: [height, width] },
    }),
    resultRank,
  );
}

export const globalMaxPool: Translation = context => {
  const rank = dimsOf(context.view(0)).length;
  largest(context, rank, rank);
};

/** The rank of the result of a reduction, which must be over all of height and width. */
function reducedRank(context: NodeContext, rank: number): number {
  const given = context.integersOr(1, 'axes', 'axes') ?? [];
  const axes = [...new Set(given.map(axis => (axis < 0 ? axis + rank : axis)))].sort((a, b) => a - b);
  const spatial = rank === 4 ? '2,3' : '2';
  if (axes.join() !== spatial)
    context.refuse(
      `is over the axes [${given.join(', ')}] of ${rank} dimensions`,
      'over height and width together, it can be imported',
    );
  return context.int('keepdims', 1) !== 0 ? rank : 2;
}

/** ReduceMean over all of height and width. */
export const reduceMean: Translation = context => {
  const rank = dimsOf(context.view(0)).length;
  mean(context, rank, reducedRank(context, rank));
};

/** ReduceMax likewise. */
export const reduceMax: Translation = context => {
  const rank = dimsOf(context.view(0)).length;
  largest(context, rank, reducedRank(context, rank));
};
