import { constant, type Quantisation } from '../../../ir/tensor.js';
import { clamp } from '../../../numeric/requantise.js';
import { type Activation, activationSchema, isClamp } from '../../../ops/shared/activation.js';
import { elementsOf } from '../constants.js';
import { NodeContext } from '../context.js';
import type { OnnxNode } from '../read-file.js';
import { dimsOf } from '../view.js';
import { affine, channelValues } from './channel-values.js';
import type { Translation } from './op.js';

/** An activation alone: a table in a quantised network. Clamps may keep the scale of their input. */
function unary(short: string, meaningOf: (context: NodeContext) => Activation): Translation {
  return context => {
    const rank = dimsOf(context.view(0)).length;
    const meaning = meaningOf(context);
    const input = context.image(0, short);
    const { name } = context.label(short);
    if (context.quantised) {
      const to = isClamp(meaning)
        ? (context.statedQuantisation() ?? context.quantisationOf(input))
        : context.ownQuantisation();
      if (to !== undefined) context.bind(context.lookup(input, name, meaning, to), rank);
      return;
    }
    context.bind(context.add({ kind: 'activation', name, inputs: [input], options: { ...meaning } }), rank);
  };
}

export const relu = unary('relu', () => ({ kind: 'relu' }));
export const sigmoid = unary('sigmoid', () => ({ kind: 'sigmoid' }));
export const tanh = unary('tanh', () => ({ kind: 'tanh' }));
export const hardSwish = unary('hswish', () => ({ kind: 'hardSwish' }));
export const leakyRelu = unary('leaky', context => leaky(context));

export const elu = unary('elu', context => {
  const { success, data } = activationSchema.safeParse({ kind: 'elu', alpha: context.float('alpha', 1) });
  return success
    ? data
    : context.refuse(`has the alpha ${context.float('alpha', 1)}`, 'an alpha above 0 and up to 16 can be imported');
});

function leaky(context: NodeContext): Activation {
  const slope = context.float('alpha', 0.01);
  return slope >= 0 && slope <= 1
    ? { kind: 'leakyRelu', slope }
    : context.refuse(`has the slope ${slope}, where 0 to 1 is imported`);
}

/** Bounds of a Clip, from inputs or, in old files, attributes. */
function boundsOf(context: NodeContext): readonly [number, number] {
  const bound = (input: number, name: string, otherwise: number) =>
    context.hasInput(input) ? scalarOf(context, input) : (context.attribute(name)?.float ?? otherwise);
  return [bound(1, 'min', Number.NEGATIVE_INFINITY), bound(2, 'max', Number.POSITIVE_INFINITY)];
}

function scalarOf(context: NodeContext, input: number): number {
  const found = context.constant(input);
  if (found.tensor.dims.reduce((a, b) => a * b, 1) !== 1) return context.refuse('has more than one bound');
  return found.quantisation === undefined
    ? elementsOf(found.tensor, context.builder, context.span)[0]
    : context.reals(input)[0];
}

/** Float32 has no larger ones: exporters write these for "no bound". */
const unbounded = 3.4e38;

function clipMeaning([low, high]: readonly [number, number]): Activation | undefined {
  if (low <= -unbounded && high >= unbounded) return { kind: 'identity' };
  if (low === 0 && high >= unbounded) return { kind: 'relu' };
  if (low === 0 && high === 6) return { kind: 'relu6' };
  if (low === -1 && high === 1) return { kind: 'reluN1To1' };
  return undefined;
}

/** Clip: relu, relu6 and -1 to 1; any bounds in a quantised network, as a table. */
export const clip: Translation = context => {
  const bounds = boundsOf(context);
  const meaning = clipMeaning(bounds);
  const [low, high] = bounds;
  if (meaning !== undefined) {
    unary('clip', () => meaning)(context);
    return;
  }
  if (!context.quantised || !(low <= high)) {
    context.refuse(
      `has the bounds ${low} and ${high}`,
      'bounds of 0 and 6, 0 alone, or -1 and 1 can be imported: relu6, relu',
    );
  }
  const rank = dimsOf(context.view(0)).length;
  const input = context.image(0, 'clip');
  const to = context.statedQuantisation() ?? context.quantisationOf(input);
  context.bind(
    context.table(input, context.label('clip').name, to, { kind: 'identity' }, [x => clamp(x, low, high)]),
    rank,
  );
};

/** What is fused into a quantised layer. A Clip does nothing where the results round to the ends of the scale as they would without it. */
export function fusedActivation(context: NodeContext, to: Quantisation): Activation {
  const { activation } = context.operator;
  if (activation === undefined) return { kind: 'identity' };
  const own = siteOf(context, activation);
  if (activation.kind === 'Relu') return { kind: 'relu' };
  if (activation.kind === 'LeakyRelu') return leaky(own);
  const [low, high] = boundsOf(own);
  const least = to.scale * (-127.5 - to.zeroPoint);
  const most = to.scale * (126.5 - to.zeroPoint);
  const meaning =
    clipMeaning([low, high]) ??
    clipMeaning([low < least ? Number.NEGATIVE_INFINITY : low, high > most ? Number.POSITIVE_INFINITY : high]);
  return meaning ?? own.refuse(`has the bounds ${low} and ${high}, and no scale before it`);
}

function siteOf({ state, span }: NodeContext, node: OnnxNode): NodeContext {
  const resolve = (name: string) => state.network.aliases.get(name) ?? name;
  return new NodeContext(
    state,
    { node, kind: node.kind, inputs: node.inputs.map(resolve), outputs: node.outputs },
    { ...span, element: `node ${node.index}, ${node.kind}` },
  );
}

/** PRelu with a slope for the tensor or for each channel. */
export const prelu: Translation = context => {
  const rank = dimsOf(context.view(0)).length;
  const input = context.image(0, 'prelu');
  const { channels } = input.type.shape;
  const slopes = channelValues(context, 1, rank, channels);
  const { name } = context.label('prelu');
  const to = context.ownQuantisation();
  if (to === undefined) {
    const constants = { slope: constant('f32', [channels], slopes) };
    context.bind(
      context.add({ kind: 'activation', name, inputs: [input], options: { kind: 'prelu' }, constants }),
      rank,
    );
    return;
  }
  const functions = Array.from(slopes, slope => (x: number) => (x >= 0 ? x : x * slope));
  context.bind(context.table(input, name, to, { kind: 'identity' }, functions), rank);
};

/** HardSigmoid alone: max(0, min(1, alpha * x + beta)). In float, a relu6 between two scales. */
export const hardSigmoid: Translation = context => {
  const rank = dimsOf(context.view(0)).length;
  const [alpha, beta] = [context.float('alpha', 0.2), context.float('beta', 0.5)];
  const input = context.image(0, 'hsigmoid');
  const { name } = context.label('hsigmoid');
  const to = context.ownQuantisation();
  if (to !== undefined) {
    context.bind(context.table(input, name, to, { kind: 'identity' }, [x => clamp(alpha * x + beta, 0, 1)]), rank);
    return;
  }
  const { channels } = input.type.shape;
  const scaled = affine(
    context,
    `${name}.in`,
    input,
    new Float32Array(channels).fill(6 * alpha),
    new Float32Array(channels).fill(6 * beta),
  );
  const cut = context.add({ kind: 'activation', name: `${name}.clip`, inputs: [scaled], options: { kind: 'relu6' } });
  context.bind(affine(context, name, cut, new Float32Array(channels).fill(1 / 6), new Float32Array(channels)), rank);
};
