import type { Work } from '../../kernel.js';
import { counted, requantisedKey, type WindowTaps } from '../work.js';
import type { DspDotProductView } from './dot-product.js';

/** What `kernels/dot-product/dsp` does for a layer of so many output rows: inputs are widened, then all channels computed of them. */
export function dspDotProductWork(view: DspDotProductView, taps: WindowTaps, height: number): Work {
  const { outputWidth, tiled, channels, words, round, fused, inPlace, prefix, requantise } = view;
  const pairs = Math.ceil(channels / 2);
  const { native, tflite } = requantise;
  const rule = fused ? (native ? 'native' : tflite ? 'tflite' : 'tflite-single') : 'to memory';
  const weights = prefix === '' ? '' : 'int16 ';
  const tiles = (shape: string, count: number) => ({
    [`${shape} tiles`]: count,
    [`${weights}${shape} pairs, ${rule}`]: count * pairs,
    [`${weights}${shape} rounds`]: (count * pairs * 2 * words) / round,
    [`${weights}${shape} steps`]: (count * pairs * words) / 2,
  });
  const { positions, rowsInside, rowsMissing, columnsInside, columnsMissing } = taps;
  const widened = inPlace ? rowsInside * columnsInside * view.columnFours : positions * view.fours;
  const filled = rowsInside * columnsMissing + rowsMissing * view.kernelColumns * outputWidth;
  const edges = view.columnsMayMiss ? ' with edges' : '';
  const bytes = inPlace ? 0 : view.columnBytes;
  return {
    family: 'dot-product/dsp',
    counts: counted({
      [`${inPlace ? 'widened' : 'copied'} rows${edges}`]: rowsInside * outputWidth,
      'missing rows': rowsMissing * outputWidth,
      'widened fours': widened,
      'filled fours': inPlace ? filled * view.columnFours : 0,
      [`copied bytes${edges}`]: rowsInside * columnsInside * bytes,
      'bytes at edges': rowsInside * columnsMissing * bytes,
      'missing bytes': rowsMissing * view.kernelColumns * outputWidth * bytes,
      gathers: positions,
      ...tiles('2x2', (height * tiled) / 2),
      ...tiles('1x2', height * (outputWidth - tiled)),
      // Both positions of a tile are written out.
      [`${requantisedKey(requantise)}, 2x2`]: fused ? 0 : height * tiled * channels,
      [`${requantisedKey(requantise)}, 1x2`]: fused ? 0 : height * (outputWidth - tiled) * channels,
    }),
  };
}
