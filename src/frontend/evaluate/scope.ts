import type { Value } from './values.js';

export interface Binding {
  readonly mutable: boolean;
  /** Undefined between the start of the block and the declaration. */
  current: { readonly value: Value } | undefined;
}

/** Names of a block, a function or a module, and the scope around it. */
export class Scope {
  private readonly bindings = new Map<string, Binding>();

  constructor(private readonly outer?: Scope | undefined) {}

  /** Makes a name known that has no value yet. */
  declare(name: string, mutable: boolean): void {
    this.bindings.set(name, { mutable, current: undefined });
  }

  define(name: string, value: Value, mutable = false): void {
    this.bindings.set(name, { mutable, current: { value } });
  }

  find(name: string): Binding | undefined {
    return this.bindings.get(name) ?? this.outer?.find(name);
  }

  /** Makes a binding of another module known under a name of this one. */
  alias(name: string, binding: Binding): void {
    this.bindings.set(name, binding);
  }
}
