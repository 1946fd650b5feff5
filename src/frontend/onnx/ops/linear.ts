import type { Node } from '../../../ir/graph.js';
import { elementCount, type Quantisation } from '../../../ir/tensor.js';
import type { Activation } from '../../../ops/shared/activation.js';
import type { OnnxConstant } from '../constants.js';
import type { NodeContext } from '../context.js';
import { dimsOf, placesOf, type View } from '../view.js';
import { fusedActivation } from './activations.js';
import type { Translation } from './op.js';
import { type Layout, linearConstants } from './weights.js';
import { addPaddings, dilated, isTooMuch, windowOf, windowOptions } from './window.js';

/** What a quantised layer does besides its sum. */
function epilogue(context: NodeContext): { activation?: Activation; quantisation?: Quantisation } {
  const quantisation = context.ownQuantisation();
  return quantisation === undefined ? {} : { activation: fusedActivation(context, quantisation), quantisation };
}

/** Conv with groups; depthwise where each input channel is a group. A dilated kernel is written out, with zeros between its taps. */
export const conv: Translation = context => {
  const rank = dimsOf(context.view(0)).length;
  const weights = context.constant(1);
  const { dims } = weights.tensor;
  if (dims.length !== rank || dims.some(size => size < 1)) context.refuse(`has weights of shape [${dims.join(', ')}]`);
  const [outputs, perGroup] = dims;
  const { node, padding = [0, 0, 0, 0] } = context.padded(0, 'conv');
  const inputs = node.type.shape.channels;
  const groups = context.int('group', 1);
  if (perGroup * groups !== inputs || outputs % groups !== 0) {
    context.refuse(`has weights of shape [${dims.join(', ')}] and ${groups} groups for ${inputs} channels`);
  }
  const padded = {
    ...node,
    type: {
      ...node.type,
      shape: {
        ...node.type.shape,
        height: node.type.shape.height + padding[0] + padding[1],
        width: node.type.shape.width + padding[2] + padding[3],
      },
    },
  };
  const window = windowOf(context, rank, dims.slice(2), padded);
  const kernel = [
    dilated(window.kernel[0], window.dilation[0]),
    dilated(window.kernel[1], window.dilation[1]),
  ] as const;
  const around = addPaddings(padding, window.padding);
  const separate = isTooMuch(around, kernel);
  const input = separate ? padLayer(context, node, around) : node;
  const depthwise = groups === inputs && groups > 1;
  const layout: Layout = {
    shape: [outputs, ...kernel, perGroup],
    axis: 0,
    each(copy) {
      const [rows, columns] = window.kernel;
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < perGroup; i++) {
          for (let y = 0; y < rows; y++) {
            for (let x = 0; x < columns; x++) {
              const at = (o * kernel[0] + y * window.dilation[0]) * kernel[1] + x * window.dilation[1];
              copy(at * perGroup + i, ((o * perGroup + i) * rows + y) * columns + x);
            }
          }
        }
      }
    },
  };
  const bias = context.hasInput(2) ? context.constant(2) : undefined;
  const options = {
    ...(depthwise ? { multiplier: outputs / groups } : { channels: outputs, groups }),
    ...windowOptions(kernel, window.stride, separate ? [0, 0, 0, 0] : around),
    ...withBias(context, bias),
  };
  const result = context.add({
    kind: depthwise ? 'depthwiseConv' : 'conv',
    name: context.label('conv').name,
    inputs: [input],
    options,
    constants: linearConstants(context, input, weights, bias, layout),
    ...epilogue(context),
  });
  context.bind(result, rank);
};

/** Quantised layers always have biases. */
const withBias = (context: NodeContext, bias: OnnxConstant | undefined) =>
  context.quantised || bias !== undefined ? {} : { bias: false };

function padLayer(context: NodeContext, node: Node, [top, bottom, left, right]: readonly number[]): Node {
  const options = { padding: { top, bottom, left, right } };
  return context.add({ kind: 'pad', name: `${context.label('conv').name}.pad`, inputs: [node], options });
}

/** A vector times a matrix [inputs, units], or [units, inputs] where `transposed`. */
function dense(
  context: NodeContext,
  weights: OnnxConstant,
  transposed: boolean,
  bias: OnnxConstant | undefined,
  factors: { readonly weight: number; readonly bias: number },
): void {
  const view = vectorOf(context);
  const { node } = view;
  const { dims } = weights.tensor;
  const [units, inputs] = transposed ? dims : [...dims].reverse();
  const count = elementCount(node.type.shape);
  if (dims.length !== 2 || inputs !== count || units < 1) {
    context.refuse(`has weights of shape [${dims.join(', ')}] for ${count} inputs`);
  }
  const { height, width, channels } = node.type.shape;
  // The file may count the inputs in another order, NCHW after a flatten: their columns are put where the elements are.
  const places = placesOf(view);
  const layout: Layout = {
    shape: [units, height, width, channels],
    axis: transposed ? 0 : 1,
    each(copy) {
      for (let o = 0; o < units; o++) {
        for (let i = 0; i < inputs; i++) copy(o * inputs + places[i], transposed ? o * inputs + i : i * units + o);
      }
    },
  };
  const result = context.add({
    kind: 'dense',
    name: context.label('dense').name,
    inputs: [node],
    options: { units, ...withBias(context, bias) },
    constants: linearConstants(context, node, weights, bias, layout, factors),
    ...epilogue(context),
  });
  context.bind(result, 2);
}

/** The input as one vector in whatever order. */
function vectorOf(context: NodeContext): View {
  const view = context.view(0);
  const dims = dimsOf(view);
  if (dims.slice(0, -1).some(size => size !== 1)) {
    context.refuse(`multiplies a matrix of shape [${dims.join(', ')}]`, 'a layer over a single vector can be imported');
  }
  return view.padding === undefined ? view : { node: context.image(0, 'dense'), dims: view.dims };
}

export const gemm: Translation = context => {
  if (context.int('transA', 0) !== 0) context.refuse('has a transposed input');
  const bias = context.hasInput(2) ? context.constant(2) : undefined;
  const factors = { weight: context.float('alpha', 1), bias: context.float('beta', 1) };
  dense(context, context.constant(1), context.int('transB', 0) !== 0, bias, factors);
};

export const matMul: Translation = context => {
  const { bias } = context.operator;
  dense(context, context.constant(1), false, bias === undefined ? undefined : context.constantNamed(bias), {
    weight: 1,
    bias: 1,
  });
};
