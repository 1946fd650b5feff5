import { activate, isClamp } from '../../../ops/shared/activation.js';
import type { NodeContext } from '../context.js';
import { dimsOf } from '../view.js';
import { fusedActivation } from './activations.js';
import { affine, channelValues } from './channel-values.js';
import type { Translation } from './op.js';

interface Pair {
  /** The op of two tensors; absent where only a constant may be the second. */
  readonly kind?: 'add' | 'sub' | 'mul';
  /** Factor and offset of the tensor, for a constant after the operator and before it. */
  readonly asSecond: (c: number) => readonly [factor: number, offset: number];
  readonly asFirst?: (c: number) => readonly [factor: number, offset: number];
}

/** An operator of two tensors, or of a tensor and one constant for all or for each channel. */
const pair =
  (short: string, { kind, asSecond, asFirst }: Pair): Translation =>
  context => {
    const constants = [0, 1].filter(input => context.isConstant(input));
    if (ofShapes(context, short, constants)) return;
    if (context.inputCount !== 2 || constants.length === 2)
      context.refuse(`has ${context.inputCount} inputs, ${constants.length} of them constant`);
    const { name } = context.label(short);
    const [fixed] = constants;
    if (fixed === undefined)
      return kind === undefined ? context.refuse('divides by a tensor') : ofTensors(context, kind, name);
    const of = fixed === 1 ? asSecond : asFirst;
    if (of === undefined) return context.refuse('divides a constant');
    const rank = dimsOf(context.view(1 - fixed)).length;
    const input = context.image(1 - fixed, short);
    const values = channelValues(context, fixed, rank, input.type.shape.channels);
    const lines = Array.from(values, of);
    const to = context.ownQuantisation();
    if (to === undefined) {
      const [factors, offsets] = [lines.map(([factor]) => factor), lines.map(([, offset]) => offset)];
      context.bind(affine(context, name, input, Float32Array.from(factors), Float32Array.from(offsets)), rank);
      return;
    }
    const meaning = fusedActivation(context, to);
    const same = values.every(value => value === values[0]);
    const functions = (same ? lines.slice(0, 1) : lines).map(
      ([factor, offset]) =>
        (x: number) =>
          activate(meaning, factor * x + offset, 0),
    );
    context.bind(context.table(input, name, to, { kind: 'identity' }, functions), rank);
  };

/** Arithmetic with the dimensions of tensors: PyTorch divides channels by groups so. @returns whether it was that */
function ofShapes(context: NodeContext, short: string, constants: readonly number[]): boolean {
  const compute = arithmetic.get(short);
  const shapes = [0, 1].map(input => (constants.includes(input) ? undefined : context.known(input)));
  if (
    compute === undefined ||
    context.inputCount !== 2 ||
    !shapes.some(known => known !== undefined && 'integers' in known)
  )
    return false;
  const [a, b] = [0, 1].map(input => context.integers(input, 'numbers'));
  if (a.length !== b.length && a.length !== 1 && b.length !== 1)
    context.refuse(`joins ${a.length} and ${b.length} numbers`);
  const count = Math.max(a.length, b.length);
  const result = Array.from({ length: count }, (_, i) => compute(a[i % a.length], b[i % b.length]));
  if (!result.every(Number.isSafeInteger)) context.refuse('makes no whole numbers');
  const scalars = shapes.every((known, i) =>
    known === undefined ? context.constant(i).tensor.dims.length === 0 : 'integers' in known && known.scalar,
  );
  context.bindIntegers(result, scalars);
  return true;
}

/** Of int64; a division rounds towards zero. */
const arithmetic: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['add', (a: number, b: number) => a + b],
  ['sub', (a: number, b: number) => a - b],
  ['mul', (a: number, b: number) => a * b],
  ['div', (a: number, b: number) => Math.trunc(a / b)],
]);

function ofTensors(context: NodeContext, kind: 'add' | 'sub' | 'mul', name: string): void {
  const ranks = [0, 1].map(input => dimsOf(context.view(input)).length);
  if (ranks[0] !== ranks[1]) context.refuse(`joins tensors of ${ranks.join(' and ')} dimensions`);
  const gated = kind === 'mul' ? gate(context) : undefined;
  if (gated !== undefined) {
    const input = context.image(gated.input, name);
    context.bind(
      context.add({ kind: 'activation', name, inputs: [input], options: { kind: gated.meaning } }),
      ranks[0],
    );
    return;
  }
  const inputs = [context.image(0, `${kind}_a`), context.image(1, `${kind}_b`)];
  const quantisation = context.ownQuantisation();
  if (quantisation === undefined) {
    context.bind(context.add({ kind, name, inputs }), ranks[0]);
    return;
  }
  const activation = fusedActivation(context, quantisation);
  if (activation.kind !== 'identity' && !isClamp(activation))
    context.refuse(`has a ${activation.kind} after it without a scale between`);
  context.bind(context.add({ kind, name, inputs, activation, quantisation }), ranks[0]);
}

/** x * sigmoid(x) and x * hardSigmoid(x) of a float network, as PyTorch exports SiLU and HardSwish. */
function gate(context: NodeContext): { input: number; meaning: 'swish' | 'hardSwish' } | undefined {
  if (context.quantised) return undefined;
  for (const input of [0, 1]) {
    const other = context.producer(1 - input);
    if (other === undefined || other.inputs[0] !== context.operator.inputs[input]) continue;
    if (other.kind === 'Sigmoid') return { input, meaning: 'swish' };
    const [alpha, beta] = ['alpha', 'beta'].map(name => other.node.attributes.get(name)?.float);
    const sixth = Math.abs((alpha ?? 0.2) - 1 / 6) < 1e-4 && (beta ?? 0.5) === 0.5;
    if (other.kind === 'HardSigmoid' && sixth) return { input, meaning: 'hardSwish' };
  }
  return undefined;
}

export const add = pair('add', { kind: 'add', asSecond: c => [1, c], asFirst: c => [1, c] });
export const sub = pair('sub', { kind: 'sub', asSecond: c => [1, -c], asFirst: c => [-1, c] });
export const mul = pair('mul', { kind: 'mul', asSecond: c => [c, 0], asFirst: c => [c, 0] });
export const div = pair('div', { asSecond: c => [1 / c, 0] });
