import type { ts } from 'ts-morph';
import { type Context, failAt } from './context.js';
import {
  type BuiltinValue,
  describe,
  isArray,
  isObject,
  type NamespaceValue,
  type Scope,
  type Value,
} from './values.js';

export function evaluatePropertyAccess(node: ts.PropertyAccessExpression, scope: Scope, context: Context): Value {
  const target = context.evaluate(node.expression, scope);
  const name = node.name.text;
  if (isObject(target)) return target.properties.get(name)?.value;
  if (name === 'length') {
    if (isArray(target)) return target.elements.length;
    if (typeof target === 'string') return target.length;
  }
  if (typeof target === 'object' && target?.kind === 'namespace') return member(target, node, context);
  if (isArray(target) || typeof target === 'string' || typeof target === 'number') {
    return failAt(context, node.name, 'E0103', `.${name} of ${describe(target)} is not part of the model language`, {
      hint: 'methods can be called, as in xs.map(...), but not passed around',
    });
  }
  return failAt(context, node.name, 'E0108', `${describe(target)} has no property '${name}'`);
}

/** A function such as `Math.floor`. */
export function member(target: NamespaceValue, node: ts.PropertyAccessExpression, context: Context): BuiltinValue {
  const found = target.members.get(node.name.text);
  if (found !== undefined) return found;
  return failAt(context, node, 'E0103', `${target.name}.${node.name.text} is not part of the model language`, {
    hint: `${target.name} offers: ${[...target.members.keys()].join(', ')}`,
  });
}

export function evaluateElementAccess(node: ts.ElementAccessExpression, scope: Scope, context: Context): Value {
  const target = context.evaluate(node.expression, scope);
  const key = context.evaluate(node.argumentExpression, scope);
  if (isObject(target)) {
    if (typeof key === 'string' || typeof key === 'number') return target.properties.get(String(key))?.value;
    return failAt(
      context,
      node.argumentExpression,
      'E0108',
      `the name of a property must be a string, not ${describe(key)}`,
    );
  }
  if (!isArray(target) && typeof target !== 'string') {
    return failAt(context, node, 'E0108', `${describe(target)} has no elements`);
  }
  if (typeof key !== 'number') {
    return failAt(context, node.argumentExpression, 'E0108', `an index must be a number, not ${describe(key)}`);
  }
  const length = isArray(target) ? target.elements.length : target.length;
  if (!Number.isInteger(key) || key < 0 || key >= length) {
    return failAt(context, node.argumentExpression, 'E0110', `there is no element ${key} in ${sized(target, length)}`, {
      hint: length === 0 ? 'check why it is empty' : `use 0 to ${length - 1}`,
    });
  }
  return isArray(target) ? target.elements[key]?.value : target.charAt(key);
}

function sized(target: Value, length: number): string {
  return isArray(target) ? `an array of length ${length}` : `a string of length ${length}`;
}
