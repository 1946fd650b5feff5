import { type Quantisation, valuesOf } from '../../ir/tensor.js';
import { clamp } from '../../numeric/requantise.js';
import type { Histogram } from '../histogram.js';

/** A way to choose the range of real values that int8 is to hold, from the values of a tensor over all images. */
export interface RangeRule {
  readonly name: string;
  choose(histogram: Histogram): Quantisation;
}

/** Scale and zero point of int8 for values from `low` to `high`; zero is always representable exactly. */
export function quantisationOf(low: number, high: number): Quantisation {
  const bottom = Math.min(low, 0);
  const top = Math.max(high, 0);
  // A tensor that is zero everywhere still needs a scale.
  const scale = top > bottom ? (top - bottom) / 255 : 1;
  return { scale, zeroPoint: clamp(Math.round(-128 - bottom / scale), -128, 127) };
}

/** The real values that a quantisation can represent, its ends. */
export function rangeOf(quantisation: Quantisation): readonly [low: number, high: number] {
  const { scale, zeroPoint } = quantisation;
  const { low, high } = valuesOf(quantisation);
  return [(low - zeroPoint) * scale, (high - zeroPoint) * scale];
}

/** The range from minimum to maximum, and ranges that shrink both by the same part, in steps of 2 % down to 30 %. */
export function* shrunkRanges({ min, max }: Histogram): Generator<Quantisation> {
  for (let percent = 100; percent >= 30; percent -= 2)
    yield quantisationOf((min * percent) / 100, (max * percent) / 100);
}
