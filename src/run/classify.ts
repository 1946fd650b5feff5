import { fromBytes } from '../interpreter/reference.js';
import type { TensorType } from '../ir/tensor.js';

/** Index of the largest element of a raw output of that type, the first of equals; the index itself for an int32 output. */
export function predictedClass(output: Uint8Array, type: Pick<TensorType, 'dtype'>): number {
  const values = fromBytes(type, output);
  if (type.dtype === 'i32') return values[0];
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** How predictions agree with labels, class by class. */
export interface Confusion {
  readonly images: number;
  readonly correct: number;
  /** `counts[label][predicted]`: images. */
  readonly counts: readonly (readonly number[])[];
  readonly classes: readonly ClassResult[];
}

export interface ClassResult {
  /** Images of the class. */
  readonly images: number;
  /** Of these, predicted as it. */
  readonly correct: number;
  /** Predicted as it, of whatever class. */
  readonly predicted: number;
}

/** @param classes all labels and predictions are below it */
export function confusionOf(predictions: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Confusion {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < predictions.length; i++) counts[labels[i]][predictions[i]]++;
  const sum = (values: readonly number[]) => values.reduce((total, n) => total + n, 0);
  const results = counts.map((row, c) => ({
    images: sum(row),
    correct: row[c],
    predicted: sum(counts.map(other => other[c])),
  }));
  return {
    images: predictions.length,
    correct: sum(results.map(({ correct }) => correct)),
    counts,
    classes: results,
  };
}
