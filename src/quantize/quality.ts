import type { Node } from '../ir/graph.js';
import {
  type Quantisation,
  type SubByteBits,
  type TensorData,
  type ValueRange,
  valueRanges,
  valuesOf,
} from '../ir/tensor.js';
import { logarithm } from '../numeric/elementary.js';

/** Bins of the histograms of values: of 8 values each for int8, of 2,048 for int16. */
const bins = 32;

/** How well a tensor of the quantised network agrees with that of the float network, over the calibration images. */
export interface LayerQuality {
  readonly name: string;
  readonly op: string;
  readonly quantisation: Quantisation;
  /** The rule that chose the range; absent where it is given. */
  readonly rule?: string | undefined;
  /** 10 log10 of signal power by noise power; absent where there is no noise or no signal. */
  readonly signalToNoise?: number | undefined;
  /** Parts of all values at either end of their type, where they may have been clipped. */
  readonly saturation: { readonly low: number; readonly high: number };
  /** Values of the tensor in 32 bins of one size, from the least value of the type up. */
  readonly values: readonly number[];
  /** The same of the weights; absent where there are none. */
  readonly weights?: readonly number[] | undefined;
  /** Bits of a weight, where they are fewer than 8. */
  readonly weightBits?: SubByteBits | undefined;
}

function histogramOf(tensors: readonly ArrayLike<number>[], { low, high }: ValueRange): number[] {
  const counts = new Array<number>(bins).fill(0);
  const size = (high - low + 1) / bins;
  for (const values of tensors) for (let i = 0; i < values.length; i++) counts[Math.floor((values[i] - low) / size)]++;
  return counts;
}

/** 10 log10 of a ratio, to a hundredth of a decibel. */
function decibels(signal: number, noise: number): number | undefined {
  if (!(signal > 0) || !(noise > 0)) return undefined;
  return Math.round((1000 * logarithm(signal / noise)) / logarithm(10)) / 100;
}

export function layerQuality(
  node: Node,
  quantisation: Quantisation,
  rule: string | undefined,
  { float, integer }: { readonly float: readonly TensorData[]; readonly integer: readonly TensorData[] },
): LayerQuality {
  const { scale, zeroPoint } = quantisation;
  const range = valuesOf(quantisation);
  let [signal, noise, low, high, count] = [0, 0, 0, 0, 0];
  for (const [k, values] of integer.entries()) {
    const exact = float[k];
    for (let i = 0; i < values.length; i++) {
      signal += exact[i] ** 2;
      noise += (scale * (values[i] - zeroPoint) - exact[i]) ** 2;
      if (values[i] === range.high) high++;
      else if (values[i] === range.low) low++;
    }
    count += values.length;
  }
  const { weight } = node.constants;
  return {
    name: node.name,
    op: node.op,
    quantisation,
    ...(rule === undefined ? {} : { rule }),
    signalToNoise: decibels(signal, noise),
    // The zero of relu is no clipping: it is where the range begins.
    saturation: { low: zeroPoint === range.low ? 0 : low / count, high: high / count },
    values: histogramOf(integer, range),
    ...(weight === undefined ? {} : { weights: histogramOf([weight.data], valueRanges.i8) }),
    ...(weight?.bits === undefined ? {} : { weightBits: weight.bits }),
  };
}
