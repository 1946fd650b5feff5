import type { ts } from 'ts-morph';
import type { Node } from '../../ir/graph.js';

/** What an expression of a model description can be. Values never change; only `let` bindings do. */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | ArrayValue
  | ObjectValue
  | Callable
  | NamespaceValue
  | TensorValue
  | ModelValue;

/** A value with the syntax that it came from, so that a bad option is underlined where it was written. */
export interface Slot {
  readonly value: Value;
  readonly origin: ts.Node;
}

export interface ArrayValue {
  readonly kind: 'array';
  readonly elements: readonly Slot[];
}

export interface ObjectValue {
  readonly kind: 'object';
  /** A map, so that no key (`__proto__`, `constructor`) means more than itself. */
  readonly properties: ReadonlyMap<string, Slot>;
}

export type FunctionSyntax = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration;

export interface ClosureValue {
  readonly kind: 'closure';
  readonly syntax: FunctionSyntax;
  readonly scope: Scope;
}

/** A function of effnetc's own: an op of the vocabulary, or `Math.floor`. */
export interface BuiltinValue {
  readonly kind: 'builtin';
  readonly name: string;
  call(args: readonly Slot[], site: ts.Node): Value;
}

export type Callable = ClosureValue | BuiltinValue;

/** `Math`, `Array`, `Object`: only there to be followed by a dot. */
export interface NamespaceValue {
  readonly kind: 'namespace';
  readonly name: string;
  readonly members: ReadonlyMap<string, BuiltinValue>;
}

export interface TensorValue {
  readonly kind: 'tensor';
  readonly node: Node;
}

/** The result of `defineModel`, not built yet. */
export interface ModelValue {
  readonly kind: 'model';
  readonly name: string;
  readonly build: Callable;
  readonly site: ts.Node;
}

export type Kind = 'undefined' | 'null' | 'boolean' | 'number' | 'string' | Extract<Value, { kind: string }>['kind'];

export function kindOf(value: Value): Kind {
  if (value === undefined) return 'undefined';
  if (value === null) return 'null';
  if (typeof value === 'object') return value.kind;
  // The typeof of what is left is one of three; the switch tells the compiler so.
  switch (typeof value) {
    case 'boolean':
      return 'boolean';
    case 'number':
      return 'number';
    default:
      return 'string';
  }
}

const names: Readonly<Record<Kind, string>> = {
  undefined: 'undefined',
  null: 'null',
  boolean: 'a boolean',
  number: 'a number',
  string: 'a string',
  array: 'an array',
  object: 'an object',
  closure: 'a function',
  builtin: 'a function',
  namespace: 'a namespace',
  tensor: 'a tensor',
  model: 'a model',
};

/** "a number", "an array": for messages. */
export function describe(value: Value): string {
  return names[kindOf(value)];
}

export function isCallable(value: Value): value is Callable {
  const kind = kindOf(value);
  return kind === 'closure' || kind === 'builtin';
}

export function isArray(value: Value): value is ArrayValue {
  return kindOf(value) === 'array';
}

export function isObject(value: Value): value is ObjectValue {
  return kindOf(value) === 'object';
}

export function isTensor(value: Value): value is TensorValue {
  return kindOf(value) === 'tensor';
}

export function isModel(value: Value): value is ModelValue {
  return kindOf(value) === 'model';
}

/** A value without parts of its own, comparable with `===`. */
export function isPrimitive(value: Value): value is undefined | null | boolean | number | string {
  return value === undefined || value === null || typeof value !== 'object';
}

/** What JavaScript takes for true. */
export function truthy(value: Value): boolean {
  return Boolean(value);
}

export function array(values: readonly Value[], origin: ts.Node): ArrayValue {
  return { kind: 'array', elements: values.map(value => ({ value, origin })) };
}

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
