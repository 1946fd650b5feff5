import { invariant } from '../../diagnostics/diagnostic.js';
import type { SubByteBits } from '../../ir/tensor.js';

/** How values of a width are packed: so many of them in so many words. */
interface Packing {
  readonly values: number;
  readonly words: number;
  /** What the values with the bits 0 and 1 are. */
  readonly least: number;
  readonly step: number;
  /** The word of value `i` of a pack, and where in it the value is, or its low bits. */
  place(i: number): { readonly word: number; readonly shift: number };
}

/** Bits of a byte are shared by values that are 4 apart: so 4 neighbours are unpacked by one mask, in the order of memory. */
const inBytes = (i: number, bits: number): number => (i % 4) * 8 + Math.floor(i / 4) * bits;

/** Values from the least one that the bits have. */
const successive = (bits: number) => ({ least: -(2 ** (bits - 1)), step: 1 });

const packings: Readonly<Record<SubByteBits, Packing>> = {
  4: { ...successive(4), values: 8, words: 1, place: i => ({ word: 0, shift: inBytes(i, 4) }) },
  // The low two bits as those of 2-bit weights, in two words; the highest ones in a third.
  3: { ...successive(3), values: 32, words: 3, place: i => ({ word: Math.floor(i / 16), shift: inBytes(i % 16, 2) }) },
  2: { ...successive(2), values: 16, words: 1, place: i => ({ word: 0, shift: inBytes(i, 2) }) },
  // -1 and 1.
  1: { least: -1, step: 2, values: 32, words: 1, place: i => ({ word: 0, shift: inBytes(i, 1) }) },
};

/** Values that are packed together: so many of them in so many words. */
export const packOf = (bits: SubByteBits): { readonly values: number; readonly words: number } => packings[bits];

/** What the values with the bits 0 and 1 are. */
export const stepsOf = (bits: SubByteBits): { readonly least: number; readonly step: number } => packings[bits];

/** In which word of its pack value `i` is, and where there; of 3 bits the low two. */
export const placeOf = (bits: SubByteBits, i: number): ReturnType<Packing['place']> => packings[bits].place(i);

/**
 * Packs values of few bits into words; each is stored as its distance from the least value of its width. Of 4 bits, values 0 to 3
 * are in the low halves of the bytes of the first word and 4 to 7 in the high ones. What fills up tables with zeros becomes some value
 * where weights are binary: kernels must not use it.
 */
export function packSubByte(values: ArrayLike<number>, bits: SubByteBits): Uint32Array {
  const pack = packings[bits];
  const { least, step } = pack;
  const words = new Uint32Array(Math.ceil(values.length / pack.values) * pack.words);
  for (let i = 0; i < values.length; i++) {
    const distance = Math.ceil((values[i] - least) / step);
    invariant(distance >= 0 && distance < 2 ** bits, `${values[i]} has no ${bits} bits`);
    const first = Math.floor(i / pack.values) * pack.words;
    const { word, shift } = pack.place(i % pack.values);
    words[first + word] |= (bits === 3 ? distance & 3 : distance) << shift;
    if (bits === 3) words[first + 2] |= (distance >> 2) << inBytes(i % pack.values, 1);
  }
  return words;
}

/** `4 bits` */
export const widthName = (bits: SubByteBits): string => (bits === 1 ? '1 bit' : `${bits} bits`);

/** `8 weights of 4 bits in a word` */
export function packs(bits: SubByteBits): string {
  const { values, words } = packings[bits];
  return `${values} weights of ${widthName(bits)} in ${words === 1 ? 'a word' : `${words} words`}`;
}
