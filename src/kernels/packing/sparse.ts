import { type ConstantTable, constantBytes, type KernelPlan, type Work } from '../kernel.js';

/**
 * Weights of which zeros take a bit: of each 8 a byte says which are there, the lowest bit for the first, and the bytes after it are
 * these. The last 8 are filled up with zeros.
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

/** Weights that one byte tells of. */
export const groupWeights = 8;

/** A table of so packed bytes. */
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

/** A table has to be smaller by so much, or what reads it is not worth having: an eighth, and bytes. */
const leastGain = 1 / 8;
const fewestBytes = 16;

/** Is the plan with such weights that much smaller than the same kernel with all of them? */
export function isSmaller(sparse: KernelPlan, full: KernelPlan): boolean {
  const bytes = constantBytes(full.tables, 'weights');
  return constantBytes(sparse.tables, 'weights') <= Math.min((1 - leastGain) * bytes, bytes - fewestBytes);
}

/** Work that takes more instructions, which the constants of its family leave out. */
export const moreWork = (work: Work | undefined, instructions: number): { readonly work?: Work } =>
  work === undefined ? {} : { work: { ...work, known: (work.known ?? 0) + Math.round(instructions) } };

/** Instructions that a weight takes more which is read by `next_weight`, roughly. */
export const walkedMore = 8;

/** Instructions of `expand_pairs` and `expand_bytes` for 4 weights, roughly, where all of them are zero and where not. */
const fourZeros = 6;
const four = 24;

export function expandingInstructions(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 4) {
    const zeros = values[at] === 0 && !values[at + 1] && !values[at + 2] && !values[at + 3];
    sum += zeros ? fourZeros : four;
  }
  return sum;
}
