import { longestSide } from '../../ops/resize.js';
import { largestPerAxis } from '../../ops/shared/window.js';

/** How a framework finds the input position that an output position is taken from: `scale` is output size by input size. */
export type PositionOf = (output: number, inputSize: number, outputSize: number) => number;

/**
 * The whole factor by which an axis is enlarged, where each of its positions is repeated so often and nothing else happens; nothing
 * where a framework's rule takes other positions, and for what the op `resize` does not make.
 */
export function repeatsOf(inputSize: number, outputSize: number, positionOf: PositionOf): number | undefined {
  const factor = outputSize / inputSize;
  if (!Number.isInteger(factor) || factor < 1 || factor > largestPerAxis || outputSize > longestSide) return undefined;
  for (let output = 0; output < outputSize; output++) {
    const position = Math.min(Math.max(positionOf(output, inputSize, outputSize), 0), inputSize - 1);
    if (position !== Math.floor(output / factor)) return undefined;
  }
  return factor;
}
