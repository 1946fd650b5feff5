import { fail } from '../../../diagnostics/diagnostic.js';
import type { Node } from '../../../ir/graph.js';
import { type Constant, constant } from '../../../ir/tensor.js';
import { elementsOf, type OnnxConstant, realsOf, weightsOf } from '../constants.js';
import type { NodeContext } from '../context.js';

/** How weights of the file become those of a layer: the shape of the latter, and where each element comes from. */
export interface Layout {
  /** OHWI. */
  readonly shape: readonly number[];
  /** Axis of the file's tensor that output channels go along. */
  readonly axis: number;
  /** Calls `copy` for each element that is not zero. */
  each(copy: (to: number, from: number) => void): void;
}

/** Parameters of a linear op: float32 in a float network, otherwise int8 weights, int32 biases and scales. */
export function linearConstants(
  context: NodeContext,
  input: Node,
  weights: OnnxConstant,
  bias: OnnxConstant | undefined,
  layout: Layout,
  factors: { readonly weight: number; readonly bias: number } = { weight: 1, bias: 1 },
): Readonly<Record<string, Constant>> {
  const { shape, axis } = layout;
  const [channels] = shape;
  const count = shape.reduce((a, b) => a * b, 1);
  context.builder.claim(count, context.span);
  if (!context.quantised) {
    const data = realsOf(weights, context.builder, context.span);
    const result = new Float32Array(count);
    layout.each((to, from) => {
      result[to] = data[from] * factors.weight;
    });
    const biases = bias && realsOf(bias, context.builder, context.span).map(b => b * factors.bias);
    if (biases !== undefined) requireCount(context, biases.length, channels);
    return {
      weight: { dtype: 'f32', shape, data: result },
      ...(biases === undefined ? {} : { bias: constant('f32', [channels], broadcast(biases, channels)) }),
    };
  }
  if (factors.weight !== 1 || factors.bias !== 1) context.refuse('has an alpha or beta other than 1');
  const { data, scales } = weightsOf(weights, axis, channels, context.builder, context.span);
  const result = new Int8Array(count);
  layout.each((to, from) => {
    result[to] = data[from];
  });
  const steps = scales.map(scale => scale * context.quantisationOf(input).scale);
  return {
    weight: { dtype: 'i8', shape, data: result },
    bias: constant('i32', [channels], bias === undefined ? new Int32Array(channels) : biasSteps(context, bias, steps)),
    weightScale: { dtype: 'f64', shape: [channels], data: scales },
  };
}

function requireCount(context: NodeContext, found: number, channels: number): void {
  if (found !== channels && found !== 1) context.refuse(`has ${found} biases for ${channels} channels`);
}

const broadcast = (values: Float32Array, channels: number): Float32Array =>
  values.length === channels ? values : new Float32Array(channels).fill(values[0]);

/** Biases in steps of the accumulator: as they are when they were quantised so. */
function biasSteps(context: NodeContext, bias: OnnxConstant, steps: Float64Array): Int32Array {
  const { tensor, quantisation } = bias;
  const given = quantisation?.scales;
  const close = steps.every((step, o) => {
    const scale = given?.[given.length === 1 ? 0 : o];
    return scale === undefined || Math.abs(scale / step - 1) < 1e-5;
  });
  const sound =
    quantisation?.rounds === undefined && close && (given === undefined || [1, steps.length].includes(given.length));
  const whole = tensor.type === 'INT32' && sound;
  const values = whole
    ? elementsOf(tensor, context.builder, context.span)
    : realsOf(bias, context.builder, context.span);
  requireCount(context, values.length, steps.length);
  return Int32Array.from(steps, (step, o) => {
    const value = values[values.length === 1 ? 0 : o];
    const q = whole ? value : Math.round(value / step);
    if (!Number.isInteger(q) || Math.abs(q) >= 2 ** 31) {
      fail('E0125', `${context.operator.node.kind} has a bias of ${value}, beyond int32 in steps of ${step}`, context);
    }
    return q;
  });
}
