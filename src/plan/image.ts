import { aligned, alignment, type RowProgram } from './row-program.js';

/**
 * The caller's image where a plan may overwrite it (`home: 'consumed'`). Image and arena are one space then: the image's
 * bytes come first, the arena begins at the next word, and no buffer reaches over that border.
 */
export interface Image {
  /** Index of the tensor whose rows it holds, one after the other. */
  readonly tensor: number;
  readonly bytes: number;
  /** Where the arena begins: `bytes`, rounded up to words. */
  readonly end: number;
}

/** The image of a program, if it may be overwritten. */
export function imageOf({ tensors }: RowProgram): Image | undefined {
  const tensor = tensors.findIndex(({ home }) => home === 'consumed');
  if (tensor < 0) return undefined;
  const bytes = tensors[tensor].rows * tensors[tensor].rowBytes;
  return { tensor, bytes, end: aligned(bytes) };
}

/** Where the arena begins in the space that is planned; 0 where nothing but the arena is. */
export const arenaStart = (program: RowProgram): number => imageOf(program)?.end ?? 0;

/** The same layers, with an image that they may overwrite. */
export function consuming(program: RowProgram): RowProgram {
  const tensors = program.tensors.map(t => (t.home === 'input' ? { ...t, home: 'consumed' as const } : t));
  return { ...program, tensors };
}

/** The word that an offset is in. */
const wordOf = (offset: number): number => alignment * Math.floor(offset / alignment);

/**
 * What the end of an image row's life gives back at most: the words that end in it. A word between two rows counts for the
 * later one, since mostly the upper row dies first. Words that the image only begins are never free.
 */
export const freedBytes = (row: number, rowBytes: number): number =>
  wordOf((row + 1) * rowBytes) - wordOf(row * rowBytes);

/** By how much an output row must begin before the word that an image row begins in, to keep a distance to the row. */
export const overlayInWords = (row: number, rowBytes: number, distance: number): number =>
  wordOf(row * rowBytes) - wordOf(row * rowBytes - distance);
