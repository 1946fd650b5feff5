import { activate, isClamp } from '../../../ops/shared/activation.js';
import type { NodeSite } from '../site.js';
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
  site => {
    const constants = [0, 1].filter(input => site.isConstant(input));
    if (ofShapes(site, short, constants)) return;
    if (site.inputCount !== 2 || constants.length === 2)
      site.refuse(`has ${site.inputCount} inputs, ${constants.length} of them constant`);
    const { name } = site.place(short);
    const [fixed] = constants;
    if (fixed === undefined)
      return kind === undefined ? site.refuse('divides by a tensor') : ofTensors(site, kind, name);
    const of = fixed === 1 ? asSecond : asFirst;
    if (of === undefined) return site.refuse('divides a constant');
    const rank = dimsOf(site.view(1 - fixed)).length;
    const input = site.image(1 - fixed, short);
    const values = channelValues(site, fixed, rank, input.type.shape.channels);
    const lines = Array.from(values, of);
    const to = site.ownQuantisation();
    if (to === undefined) {
      const [factors, offsets] = [lines.map(([factor]) => factor), lines.map(([, offset]) => offset)];
      site.bind(affine(site, name, input, Float32Array.from(factors), Float32Array.from(offsets)), rank);
      return;
    }
    const meaning = fusedActivation(site, to);
    const same = values.every(value => value === values[0]);
    const functions = (same ? lines.slice(0, 1) : lines).map(
      ([factor, offset]) =>
        (x: number) =>
          activate(meaning, factor * x + offset, 0),
    );
    site.bind(site.table(input, name, to, { kind: 'identity' }, functions), rank);
  };

/** Arithmetic with the dimensions of tensors: PyTorch divides channels by groups so. @returns whether it was that */
function ofShapes(site: NodeSite, short: string, constants: readonly number[]): boolean {
  const compute = arithmetic.get(short);
  const shapes = [0, 1].map(input => (constants.includes(input) ? undefined : site.known(input)));
  if (
    compute === undefined ||
    site.inputCount !== 2 ||
    !shapes.some(known => known !== undefined && 'integers' in known)
  )
    return false;
  const [a, b] = [0, 1].map(input => site.integers(input, 'numbers'));
  if (a.length !== b.length && a.length !== 1 && b.length !== 1)
    site.refuse(`joins ${a.length} and ${b.length} numbers`);
  const count = Math.max(a.length, b.length);
  const result = Array.from({ length: count }, (_, i) => compute(a[i % a.length], b[i % b.length]));
  if (!result.every(Number.isSafeInteger)) site.refuse('makes no whole numbers');
  const scalars = shapes.every((known, i) =>
    known === undefined ? site.constant(i).tensor.dims.length === 0 : 'integers' in known && known.scalar,
  );
  site.bindIntegers(result, scalars);
  return true;
}

/** Of int64; a division rounds towards zero. */
const arithmetic: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['add', (a: number, b: number) => a + b],
  ['sub', (a: number, b: number) => a - b],
  ['mul', (a: number, b: number) => a * b],
  ['div', (a: number, b: number) => Math.trunc(a / b)],
]);

function ofTensors(site: NodeSite, kind: 'add' | 'sub' | 'mul', name: string): void {
  const ranks = [0, 1].map(input => dimsOf(site.view(input)).length);
  if (ranks[0] !== ranks[1]) site.refuse(`joins tensors of ${ranks.join(' and ')} dimensions`);
  const gated = kind === 'mul' ? gate(site) : undefined;
  if (gated !== undefined) {
    const input = site.image(gated.input, name);
    site.bind(site.add({ kind: 'activation', name, inputs: [input], options: { kind: gated.meaning } }), ranks[0]);
    return;
  }
  const inputs = [site.image(0, `${kind}_a`), site.image(1, `${kind}_b`)];
  const quantisation = site.ownQuantisation();
  if (quantisation === undefined) {
    site.bind(site.add({ kind, name, inputs }), ranks[0]);
    return;
  }
  const activation = fusedActivation(site, quantisation);
  if (activation.kind !== 'identity' && !isClamp(activation))
    site.refuse(`has a ${activation.kind} after it without a scale between`);
  site.bind(site.add({ kind, name, inputs, activation, quantisation }), ranks[0]);
}

/** x * sigmoid(x) and x * hardSigmoid(x) of a float network, as PyTorch exports SiLU and HardSwish. */
function gate(site: NodeSite): { input: number; meaning: 'swish' | 'hardSwish' } | undefined {
  if (site.quantised) return undefined;
  for (const input of [0, 1]) {
    const other = site.producer(1 - input);
    if (other === undefined || other.inputs[0] !== site.operator.inputs[input]) continue;
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
