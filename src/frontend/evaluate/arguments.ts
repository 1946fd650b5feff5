import type { ts } from 'ts-morph';
import { type Context, failAt } from './context.js';
import { type Callable, describe, isCallable, type Slot, type Value } from './values.js';

/** Arguments of a built-in function, checked by kind as the function asks for them. */
export class Arguments {
  constructor(
    /** As in `.slice` or `Math.max`. */
    private readonly callee: string,
    readonly slots: readonly Slot[],
    readonly site: ts.Node,
    readonly context: Context,
  ) {}

  value(index: number): Value {
    return this.slots[index]?.value;
  }

  number(index: number): number {
    const value = this.value(index);
    return typeof value === 'number' ? value : this.wrong(index, 'a number');
  }

  /** A number that may be left out. */
  optionalNumber(index: number): number | undefined {
    return this.value(index) === undefined ? undefined : this.number(index);
  }

  string(index: number): string {
    const value = this.value(index);
    return typeof value === 'string' ? value : this.wrong(index, 'a string');
  }

  callable(index: number): Callable {
    const value = this.value(index);
    return isCallable(value) ? value : this.wrong(index, 'a function');
  }

  /** Calls the function at `index` with values, as `.map` calls its argument. */
  invoke(index: number, ...values: readonly Value[]): Value {
    this.context.budget.spend(1, this.site);
    return this.context.call(
      this.callable(index),
      values.map(value => ({ value, origin: this.site })),
      this.site,
    );
  }

  /** Reports that an argument is not what it should be. */
  wrong(index: number, expected: string): never {
    return failAt(
      this.context,
      this.slots[index]?.origin ?? this.site,
      'E0108',
      `argument ${index + 1} of ${this.callee} must be ${expected}, not ${describe(this.value(index))}`,
    );
  }
}
