import { invariant } from '../diagnostics/diagnostic.js';

const bins = 2048;

/**
 * A histogram of values whose range is not known beforehand: symmetric around zero, the bin width doubles when a value falls
 * outside. Independent of the order of the values but for the final width, and so deterministic.
 */
export class Histogram {
  /** Bins -bins/2 to bins/2 - 1 of `width`, with their middle at index bins/2. */
  private counts = new Float64Array(bins);
  private width = 2 ** -20;
  min = 0;
  max = 0;
  total = 0;

  /** Counts the values, which must be finite. */
  add(values: ArrayLike<number>): void {
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value < this.min) this.min = value;
      else if (value > this.max) this.max = value;
    }
    const limit = bins / 2;
    invariant(Number.isFinite(this.max - this.min), 'a histogram of values that are not finite');
    while (this.max >= limit * this.width || this.min < -limit * this.width) this.widen();
    for (let i = 0; i < values.length; i++) this.counts[Math.floor(values[i] / this.width) + limit]++;
    this.total += values.length;
  }

  private widen(): void {
    const merged = new Float64Array(bins);
    for (let i = 0; i < bins; i++) merged[Math.floor((i - bins / 2) / 2) + bins / 2] += this.counts[i];
    this.counts = merged;
    this.width *= 2;
  }

  /** Calls `visit` with the centre and the count of each bin that is not empty. */
  forEach(visit: (centre: number, count: number) => void): void {
    for (let i = 0; i < bins; i++) {
      if (this.counts[i] > 0) visit((i - bins / 2 + 0.5) * this.width, this.counts[i]);
    }
  }
}
