import { randomBytes } from '../../src/run/vectors.js';

export type Noise = (count: number, low: number, high: number) => Float32Array;

/** Each array from a seed of its own, `first` and those that follow. */
export function noiseFrom(first: number): Noise {
  let seed = first;
  return (count, low, high) => Float32Array.from(randomBytes(count, seed++), b => low + ((high - low) * b) / 255);
}

let current = noiseFrom(1);

/** What a model gets from this one depends on the models that were made before it, in the same test file. */
export const inTurn: Noise = (count, low, high) => current(count, low, high);

/** Each test file begins anew, whichever files its process has run before. */
export function restartNoise(): void {
  current = noiseFrom(1);
}
