import { Random } from '../../src/numeric/random.js';

/** Choices that depend on the key alone. */
export class Draws {
  private readonly random: Random;

  constructor(key: string) {
    this.random = new Random(key);
  }

  /** A whole number, both ends included. */
  between(low: number, high: number): number {
    return low + ((this.random.word() >>> 3) % (high - low + 1));
  }

  of<T>(values: readonly T[]): T {
    return values[this.between(0, values.length - 1)];
  }

  /** True once in so many times. */
  onceIn(count: number): boolean {
    return this.between(1, count) === 1;
  }

  /** True for this share of the times. */
  share(share: number): boolean {
    return this.random.uniform(0, 1) < share;
  }
}
