import type { ts } from 'ts-morph';
import { fail } from '../../diagnostics/diagnostic.js';
import type { SourceContext } from '../source-context.js';

/** Bounds of an evaluation. A real model stays below a hundredth of each; a runaway one ends within a second. */
export const limits = {
  /** Expressions evaluated, loop rounds, and elements or characters copied. */
  steps: 1_000_000,
  /** Calls within calls. */
  calls: 64,
  /** Expressions and statements within each other, over all calls: holds the JavaScript stack. */
  nesting: 600,
  arrayLength: 65_536,
  stringLength: 65_536,
  /** Ops of one model. */
  ops: 2048,
} as const;

/** Counts what an evaluation spends; each method reports E0107 at `site` when a bound is passed. */
export class Budget {
  private steps = 0;
  private nesting = 0;
  private calls = 0;

  constructor(private readonly sources: SourceContext) {}

  spend(steps: number, site: ts.Node): void {
    this.steps += steps;
    if (this.steps > limits.steps) this.exceeded(`the model takes more than ${limits.steps} steps to evaluate`, site);
  }

  /** Runs `body` one level deeper. No `finally`: the first error ends the whole evaluation. */
  nested<T>(site: ts.Node, body: () => T): T {
    this.spend(1, site);
    if (++this.nesting > limits.nesting) this.exceeded('expressions and calls are nested too deeply', site);
    const result = body();
    this.nesting--;
    return result;
  }

  called<T>(site: ts.Node, body: () => T): T {
    if (++this.calls > limits.calls) {
      this.exceeded(`functions call each other more than ${limits.calls} levels deep`, site);
    }
    const result = body();
    this.calls--;
    return result;
  }

  /** Checks and charges an array that is about to be made. */
  arrayOf(length: number, site: ts.Node): void {
    if (length > limits.arrayLength) {
      this.exceeded(`an array of ${length} elements is too long; the limit is ${limits.arrayLength}`, site);
    }
    this.spend(length, site);
  }

  /** Checks and charges a string that is about to be made. */
  stringOf(length: number, site: ts.Node): void {
    if (length > limits.stringLength) {
      this.exceeded(`a string of ${length} characters is too long; the limit is ${limits.stringLength}`, site);
    }
    this.spend(Math.ceil(length / 64), site);
  }

  private exceeded(message: string, site: ts.Node): never {
    fail('E0107', message, {
      span: this.sources.span(site),
      hint: 'look for a recursion or a loop that does not end; a model description only lists the layers of a network',
    });
  }
}
