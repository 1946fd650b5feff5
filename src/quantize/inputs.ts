import type { Quantisation } from '../ir/tensor.js';
import { clamp } from '../numeric/requantise.js';

/** What the elements of an input array are: pixels 0..255, int8 values as they are, or real numbers. */
export type InputKind = 'pixels' | 'quantised' | 'real';

/** An input in real units, for the float graph. A pixel p means p / 255. `quantisation` matters to int8 values only. */
export function toReal(kind: InputKind, values: ArrayLike<number>, { scale, zeroPoint }: Quantisation): Float32Array {
  switch (kind) {
    case 'pixels':
      return Float32Array.from(values, p => p / 255);
    case 'quantised':
      return Float32Array.from(values, q => scale * (q - zeroPoint));
    case 'real':
      return Float32Array.from(values);
  }
}

/** An input as the integer graph takes it. With scale 1/255 and zero point -128, pixel p becomes p - 128. */
export function toInt8(kind: InputKind, values: ArrayLike<number>, quantisation: Quantisation): Int8Array {
  if (kind === 'quantised') return Int8Array.from(values);
  const { scale, zeroPoint } = quantisation;
  return Int8Array.from(toReal(kind, values, quantisation), x => clamp(Math.round(x / scale) + zeroPoint, -128, 127));
}
