import { ts } from 'ts-morph';
import { Arguments } from './arguments.js';
import { type ArrayMethod, arrayMethods } from './array-methods.js';
import { type Context, failAt } from './context.js';
import { type StringMethod, stringMethods } from './string-methods.js';
import { describe, isArray, isTensor, type Slot, type Value } from './values.js';

/** Methods that change their array, with what to write instead. */
const mutating: ReadonlyMap<string, string> = new Map([
  ['push', 'build a new array: `xs = [...xs, x]`'],
  ['unshift', 'build a new array: `xs = [x, ...xs]`'],
  ['pop', 'use .slice(0, -1)'],
  ['shift', 'use .slice(1)'],
  ['splice', 'use .slice and spread'],
  ['sort', 'write the elements in order'],
  ['reverse', 'write the elements in order'],
  ['copyWithin', 'use .slice and spread'],
  ['forEach', 'use for...of'],
]);

/** Calls a method of an array, a string or a number. */
export function callMethod(
  target: Value,
  callee: ts.PropertyAccessExpression,
  slots: readonly Slot[],
  site: ts.CallExpression,
  context: Context,
): Value {
  const name = callee.name.text;
  const args = new Arguments(`.${name}`, slots, site, context);
  if (isArray(target)) {
    const method: ArrayMethod | undefined = arrayMethods.get(name);
    if (name === 'fill' && !isFresh(callee.expression)) {
      return failAt(context, callee.name, 'E0103', '.fill of an existing array is not part of the model language', {
        hint: 'fill a new one: Array.from({ length: 3 }).fill(1)',
      });
    }
    if (method !== undefined) return method(target, args);
  } else if (typeof target === 'string') {
    const method: StringMethod | undefined = stringMethods.get(name);
    if (method !== undefined) return method(target, args);
  } else if ((typeof target === 'number' || typeof target === 'boolean') && name === 'toString' && slots.length === 0) {
    return String(target);
  } else if (target === undefined || target === null || isTensor(target)) {
    return failAt(context, callee.name, 'E0108', `${describe(target)} has no method '${name}'`);
  }
  const known = isArray(target) ? arrayMethods : typeof target === 'string' ? stringMethods : new Map();
  return failAt(context, callee.name, 'E0103', `.${name} of ${describe(target)} is not part of the model language`, {
    hint:
      (isArray(target) ? mutating.get(name) : undefined) ??
      (known.size > 0 ? `there are: ${[...known.keys()].join(', ')}` : undefined),
  });
}

/** An array that nobody else can see yet, so that changing it and copying it are the same. */
function isFresh(node: ts.Expression): boolean {
  return (
    ts.isArrayLiteralExpression(node) ||
    (ts.isCallExpression(node) && node.expression.getText(node.getSourceFile()) === 'Array.from')
  );
}
