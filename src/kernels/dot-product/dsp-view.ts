import type { Work } from '../kernel.js';
import type { RequantiseView } from '../requantise/generic.js';
import type { Im2rowView } from '../shared/im2row.js';
import { counted, requantisedKey, type WindowTaps } from '../shared/work.js';

/** What `kernels/dot-product/dsp` reads. */
export interface DspDotProductView extends Im2rowView, Readonly<Record<string, unknown>> {
  readonly outputWidth: number;
  readonly channels: number;
  /** The last channel has no partner. */
  readonly odd: boolean;
  /** Output positions that are made 2 at a time, and what is left of a row. */
  readonly tiled: number;
  readonly hasTiles: boolean;
  readonly hasRest: boolean;
  /** Inputs of an accumulator, rounded up to rounds of the inner loop, in words of two. */
  readonly words: number;
  /** The same for 2 pixels. */
  readonly tileWords: number;
  /** Words of weights of a pair of output channels. */
  readonly weightWords: number;
  /** Of the functions that take weights as int16. */
  readonly prefix: string;
  /** Inputs per round of the inner loop. */
  readonly round: number;
  /** Rows are widened where they are; otherwise their bytes are put one after the other first. */
  readonly inPlace: boolean;
  /** Inputs of a pixel in groups of 4 bytes, the last one filled up. */
  readonly fours: number;
  /** Bytes of one column and of all columns of the kernel in an input row, in groups of 4. */
  readonly columnFours: number;
  readonly rowFours: number;
  /** The zero point in both halves of a word. */
  readonly zeroPoints: number;
  readonly requantise: RequantiseView;
  /** Requantised where it is summed up, in the assembler of a whole tile. */
  readonly fused: boolean;
  /** Of the functions whose accumulators are shifted left by what is in the table. */
  readonly suffix: string;
  readonly pairs: number;
  /** A conv of its own for each of several ranges of channels. */
  readonly grouped: boolean;
  readonly groups: number;
  /** Bytes from a column of the input to the next. */
  readonly pixelBytes: number;
  /** Of a group: output channels, and words of the tables. */
  readonly groupChannels: number;
  readonly groupWeights: number;
  readonly groupWords: number;
  /** Added to requantised accumulators. */
  readonly offset: number;
}

/** What `kernels/dot-product/dsp` does for a layer of so many output rows: inputs are widened, then all channels computed of them. */
export function dspDotProductWork(view: DspDotProductView, taps: WindowTaps, height: number): Work {
  const { outputWidth, tiled, channels, words, round, fused, inPlace, prefix, requantise, groups } = view;
  const pairs = Math.ceil(channels / 2);
  const { native, tflite } = requantise;
  const rule = fused ? (native ? 'native' : tflite ? 'tflite' : 'tflite-single') : 'to memory';
  const weights = prefix === '' ? '' : 'int16 ';
  const tiles = (shape: string, count: number) => ({
    [`${shape} tiles`]: groups * count,
    [`${weights}${shape} pairs, ${rule}`]: count * pairs,
    [`${weights}${shape} rounds`]: (count * pairs * 2 * words) / round,
    [`${weights}${shape} steps`]: (count * pairs * words) / 2,
  });
  const { positions, rowsInside, rowsMissing, columnsInside, columnsMissing } = taps;
  const widened = inPlace ? rowsInside * columnsInside * view.columnFours : positions * view.fours;
  const filled = rowsInside * columnsMissing + rowsMissing * view.kernelColumns * outputWidth;
  const edges = view.columnsMayMiss ? ' with edges' : '';
  const bytes = inPlace ? 0 : view.columnBytes;
  const [twos, ones] = [(height * tiled) / 2, height * (outputWidth - tiled)];
  return {
    family: 'dot-product/dsp',
    counts: counted({
      [`${inPlace ? 'widened' : 'copied'} rows${edges}`]: groups * rowsInside * outputWidth,
      'missing rows': groups * rowsMissing * outputWidth,
      'widened fours': groups * widened,
      'filled fours': inPlace ? groups * filled * view.columnFours : 0,
      [`copied bytes${edges}`]: groups * rowsInside * columnsInside * bytes,
      'bytes at edges': groups * rowsInside * columnsMissing * bytes,
      'missing bytes': groups * rowsMissing * view.kernelColumns * outputWidth * bytes,
      gathers: groups * positions,
      ...tiles('2x2', twos),
      ...tiles('1x2', ones),
      // Both positions of a tile are written out.
      [`${requantisedKey(requantise)}, 2x2`]: fused ? 0 : 2 * twos * channels,
      [`${requantisedKey(requantise)}, 1x2`]: fused ? 0 : ones * channels,
    }),
    known: view.suffix === '' ? 0 : pairs * (twos * shiftedMore(view, 2) + ones * shiftedMore(view, 1)),
  };
}

/** Instructions that a pair of channels takes more where each is shifted by what is in the table, as `kernels/dot-product/dsp-finish-*` has them. */
function shiftedMore({ requantise: { tflite }, prefix }: DspDotProductView, pixels: 1 | 2): number {
  const load = 1;
  if (!tflite) return load + 2 * pixels;
  // A mask for each; and shifts in place of a doubling, which is part of the shift that takes two channels apart.
  return load + 2 * pixels + (prefix === '' ? pixels : 0);
}
