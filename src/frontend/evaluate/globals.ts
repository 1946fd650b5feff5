import type { ts } from 'ts-morph';
import { Arguments } from './arguments.js';
import type { Context } from './context.js';
import { keysOf } from './literals.js';
import { finite } from './operators.js';
import {
  array,
  type BuiltinValue,
  isArray,
  isObject,
  type NamespaceValue,
  Scope,
  type Slot,
  type Value,
} from './values.js';

/** The outermost scope of every module: what JavaScript offers and a model may use. */
export function globalScope(context: Context): Scope {
  const scope = new Scope();
  for (const [name, members] of [
    ['Math', mathFunctions],
    ['Array', arrayFunctions],
    ['Object', objectFunctions],
  ] as const) {
    scope.define(name, namespace(name, members, context));
  }
  return scope;
}

type GlobalFunction = (args: Arguments) => Value;

function namespace(
  name: string,
  functions: Readonly<Record<string, GlobalFunction>>,
  context: Context,
): NamespaceValue {
  const members = new Map<string, BuiltinValue>();
  for (const [member, call] of Object.entries(functions)) {
    const full = `${name}.${member}`;
    members.set(member, {
      kind: 'builtin',
      name: full,
      call: (slots: readonly Slot[], site: ts.Node) => call(new Arguments(full, slots, site, context)),
    });
  }
  return { kind: 'namespace', name, members };
}

/** A function of numbers whose result must be finite. */
function math(name: string, compute: (...values: number[]) => number, count: number | 'any'): GlobalFunction {
  return args => {
    const values = (count === 'any' ? args.slots : Array.from({ length: count })).map((_, i) => args.number(i));
    args.context.budget.spend(values.length, args.site);
    // Not compute(...values): 65,536 arguments would not fit on the stack.
    const result = count === 'any' ? values.reduce((a, b) => compute(a, b), compute()) : compute(...values);
    return finite(result, `Math.${name}(${values.slice(0, 4).join(', ')})`, args.site, args.context);
  };
}

const mathFunctions: Readonly<Record<string, GlobalFunction>> = {
  floor: math('floor', Math.floor, 1),
  ceil: math('ceil', Math.ceil, 1),
  round: math('round', Math.round, 1),
  trunc: math('trunc', Math.trunc, 1),
  abs: math('abs', Math.abs, 1),
  sqrt: math('sqrt', Math.sqrt, 1),
  pow: math('pow', Math.pow, 2),
  max: math('max', Math.max, 'any'),
  min: math('min', Math.min, 'any'),
};

const arrayFunctions: Readonly<Record<string, GlobalFunction>> = {
  from(args) {
    const source = args.value(0);
    const values = isArray(source) ? source.elements.map(({ value }) => value) : ofLength(args, source);
    args.context.budget.arrayOf(values.length, args.site);
    return array(args.value(1) === undefined ? values : values.map((value, i) => args.invoke(1, value, i)), args.site);
  },
  isArray: args => isArray(args.value(0)),
};

function ofLength(args: Arguments, source: Value): readonly undefined[] {
  const length = isObject(source) ? source.properties.get('length')?.value : undefined;
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) {
    return args.wrong(0, 'an array or { length: n } with a whole number');
  }
  args.context.budget.arrayOf(length, args.site);
  return Array.from({ length }, () => undefined);
}

/** Slots of an object's properties, with their keys. */
function properties(args: Arguments): readonly (readonly [string, Slot])[] {
  const source = args.value(0);
  if (!isObject(source)) return args.wrong(0, 'an object');
  args.context.budget.arrayOf(2 * source.properties.size, args.site);
  return keysOf(source).flatMap(key => {
    const slot = source.properties.get(key);
    return slot === undefined ? [] : [[key, slot] as const];
  });
}

const objectFunctions: Readonly<Record<string, GlobalFunction>> = {
  keys: args =>
    array(
      properties(args).map(([key]) => key),
      args.site,
    ),
  values: args => ({ kind: 'array', elements: properties(args).map(([, slot]) => slot) }),
  entries: args =>
    array(
      properties(args).map(([key, slot]) => ({ kind: 'array', elements: [{ value: key, origin: slot.origin }, slot] })),
      args.site,
    ),
};
