import type { Work } from '../../kernel.js';
import { counted, requantisedKey, type WindowTaps } from '../work.js';
import type { DspDotProductView } from './dot-product.js';

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

/** Instructions that a pair of channels takes more where each is shifted by what is in the table, as `dsp/finish-*` has them. */
function shiftedMore({ requantise: { tflite }, prefix }: DspDotProductView, pixels: 1 | 2): number {
  const load = 1;
  if (!tflite) return load + 2 * pixels;
  // A mask for each; and shifts in place of a doubling, which is part of the shift that takes two channels apart.
  return load + 2 * pixels + (prefix === '' ? pixels : 0);
}
