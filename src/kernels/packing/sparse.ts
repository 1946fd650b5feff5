import { type ConstantTable, constantBytes, type KernelPlan, type Work } from '../kernel.js';

/**
 * Packs weights without their zeros, in groups of 8. A byte begins a group: its lowest bit is set if the first weight is not zero, the
 * next bit for the second, and so on. The weights that are not zero follow, a byte each. So a zero takes one bit. The last group is
 * filled up with zeros.
 */
export function packSparse(values: ArrayLike<number>): number[] {
  const bytes: number[] = [];
  for (let at = 0; at < values.length; at += groupWeights) {
    const group = Array.from({ length: groupWeights }, (_, i) => (at + i < values.length ? values[at + i] : 0));
    bytes.push(group.reduce((there, value, i) => there + (value === 0 ? 0 : 2 ** i), 0));
    bytes.push(...group.filter(value => value !== 0).map(value => value & 0xff));
  }
  return bytes;
}

/** Weights of a group. */
export const groupWeights = 8;

/** The table of what {@link packSparse} has made. */
export const sparseTable = (
  { suffix, kind, layout }: Pick<ConstantTable, 'suffix' | 'kind' | 'layout'>,
  values: readonly number[],
): ConstantTable => ({
  suffix,
  kind,
  ctype: 'uint8_t',
  values,
  perLine: 32,
  layout: `${layout.replace(/, a line per .*$/, '')}, without zeros: of each 8 a byte says which are there, and they follow`,
  sparse: true,
});

/** Packing without zeros must save this part of the bytes of weights, and at least so many bytes: otherwise it is not worth its code. */
const leastGain = 1 / 8;
const fewestBytes = 16;

/** Does a plan without zeros save enough bytes, compared with the same kernel with all weights? */
export function isSmaller(sparse: KernelPlan, full: KernelPlan): boolean {
  const bytes = constantBytes(full.tables, 'weights');
  return constantBytes(sparse.tables, 'weights') <= Math.min((1 - leastGain) * bytes, bytes - fewestBytes);
}

/** The work of a kernel with more instructions than the measured constants of its family count. */
export const moreWork = (work: Work | undefined, instructions: number): { readonly work?: Work } =>
  work === undefined ? {} : { work: { ...work, known: (work.known ?? 0) + Math.round(instructions) } };

/** Additional instructions for a weight that the C function `next_weight` reads, roughly. */
export const walkedMore = 8;

/** Instructions of the C functions `expand_pairs` and `expand_bytes` for 4 weights, roughly: all of them zero, and not. */
const fourZeros = 6;
const four = 24;

/** Instructions that unpacking these weights takes, roughly. */
export function expandingInstructions(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 4) {
    const zeros = values[at] === 0 && !values[at + 1] && !values[at + 2] && !values[at + 3];
    sum += zeros ? fourZeros : four;
  }
  return sum;
}
