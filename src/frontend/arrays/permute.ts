import { invariant } from '../../diagnostics/diagnostic.js';
import type { ArrayData } from './elements.js';

/**
 * Transposition of a row-major array: axis `i` of the result is axis `axes[i]` of the source (numpy's convention).
 * @param shape dimensions of the source
 * @returns the elements in row-major order of the new shape, and that shape
 */
export function permute<T extends ArrayData>(
  data: T,
  shape: readonly number[],
  axes: readonly number[],
): { readonly data: T; readonly shape: readonly number[] } {
  invariant(
    axes.length === shape.length && [...axes].sort((a, b) => a - b).every((axis, i) => axis === i),
    `[${axes}] is no order of the ${shape.length} axes of [${shape}]`,
  );
  const newShape = axes.map(axis => shape[axis]);
  if (axes.every((axis, i) => axis === i)) return { data, shape: newShape };

  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const steps = axes.map(axis => strides[axis]);
  const result = data.slice() as T;
  const position = axes.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    result[to] = data[from];
    for (let axis = newShape.length - 1; axis >= 0; axis--) {
      position[axis]++;
      from += steps[axis];
      if (position[axis] < newShape[axis]) break;
      from -= steps[axis] * newShape[axis];
      position[axis] = 0;
    }
  }
  return { data: result, shape: newShape };
}
