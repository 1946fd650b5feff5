import { ts } from 'ts-morph';
import { type Context, failAt } from './context.js';
import { type ArrayValue, describe, isArray, isObject, type ObjectValue, type Scope, type Slot } from './values.js';

export function evaluateArray(node: ts.ArrayLiteralExpression, scope: Scope, context: Context): ArrayValue {
  return { kind: 'array', elements: evaluateList(node.elements, node, scope, context) };
}

/** Elements of an array or arguments of a call, spreads included. */
export function evaluateList(
  nodes: readonly ts.Expression[],
  site: ts.Node,
  scope: Scope,
  context: Context,
): readonly Slot[] {
  const slots: Slot[] = [];
  for (const node of nodes) {
    if (ts.isOmittedExpression(node))
      failAt(context, site, 'E0103', 'a hole in an array is not part of the model language');
    if (!ts.isSpreadElement(node)) {
      slots.push({ value: context.evaluate(node, scope), origin: node });
      continue;
    }
    const spread = context.evaluate(node.expression, scope);
    if (!isArray(spread)) return failAt(context, node, 'E0108', `... needs an array here, not ${describe(spread)}`);
    context.budget.arrayOf(slots.length + spread.elements.length, node);
    // Not push(...): its arguments would all lie on the stack.
    for (const element of spread.elements) slots.push(element);
  }
  return slots;
}

export function evaluateObject(node: ts.ObjectLiteralExpression, scope: Scope, context: Context): ObjectValue {
  const properties = new Map<string, Slot>();
  for (const property of node.properties) {
    if (ts.isSpreadAssignment(property)) {
      const spread = context.evaluate(property.expression, scope);
      // As in JavaScript, spreading nothing adds nothing: `...(wide && { groups: 2 })`.
      if (spread === undefined || spread === null || spread === false) continue;
      if (!isObject(spread)) failAt(context, property, 'E0108', `... needs an object here, not ${describe(spread)}`);
      context.budget.arrayOf(properties.size + spread.properties.size, property);
      for (const [key, slot] of spread.properties) properties.set(key, slot);
    } else if (ts.isShorthandPropertyAssignment(property)) {
      properties.set(property.name.text, { value: context.evaluate(property.name, scope), origin: property });
    } else if (ts.isPropertyAssignment(property)) {
      const key = propertyKey(property.name, scope, context);
      properties.set(key, { value: context.evaluate(property.initializer, scope), origin: property });
    } else {
      failAt(context, property, 'E0103', 'a method or accessor is not part of the model language');
    }
  }
  return { kind: 'object', properties };
}

/** The key that a property name stands for; `[...]` is evaluated. */
export function propertyKey(name: ts.PropertyName, scope: Scope, context: Context): string {
  if (!ts.isComputedPropertyName(name)) return ts.isNumericLiteral(name) ? String(Number(name.text)) : name.text;
  const key = context.evaluate(name.expression, scope);
  if (typeof key === 'string' || typeof key === 'number') return String(key);
  return failAt(context, name, 'E0108', `the name of a property must be a string, not ${describe(key)}`);
}

/** Keys in JavaScript's order: array-like numbers first, then the others as they were added. */
export function keysOf({ properties }: ObjectValue): readonly string[] {
  const keys = [...properties.keys()];
  const isIndex = (key: string) => /^(0|[1-9]\d{0,8})$/.test(key);
  return [...keys.filter(isIndex).sort((a, b) => Number(a) - Number(b)), ...keys.filter(key => !isIndex(key))];
}
