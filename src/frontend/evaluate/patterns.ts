import { ts } from 'ts-morph';
import { type Context, failAt } from './context.js';
import { propertyKey } from './literals.js';
import { describe, isArray, isObject, type Scope, type Slot, type Value } from './values.js';

/** Binds the names of a declaration, a parameter or a part of a pattern; `undefined` takes the default. */
export function bindPattern(
  target: ts.VariableDeclaration | ts.ParameterDeclaration | ts.BindingElement,
  given: Value,
  scope: Scope,
  mutable: boolean,
  context: Context,
): void {
  context.budget.spend(1, target);
  // For a variable, the initialiser is the value itself, which the caller has evaluated.
  const fallback = ts.isVariableDeclaration(target) ? undefined : target.initializer;
  const value = given === undefined && fallback !== undefined ? context.evaluate(fallback, scope) : given;
  const { name } = target;
  if (ts.isIdentifier(name)) scope.define(name.text, value, mutable);
  else if (ts.isArrayBindingPattern(name)) bindArray(name, value, scope, mutable, context);
  else bindObject(name, value, scope, mutable, context);
}

function bindArray(
  pattern: ts.ArrayBindingPattern,
  value: Value,
  scope: Scope,
  mutable: boolean,
  context: Context,
): void {
  if (!isArray(value)) failAt(context, pattern, 'E0108', `[...] takes an array apart, not ${describe(value)}`);
  pattern.elements.forEach((element, i) => {
    if (ts.isOmittedExpression(element)) return;
    if (element.dotDotDotToken !== undefined) {
      context.budget.arrayOf(value.elements.length, element);
      bindPattern(element, { kind: 'array', elements: value.elements.slice(i) }, scope, mutable, context);
      return;
    }
    if (i >= value.elements.length && element.initializer === undefined) {
      failAt(context, element, 'E0110', `there is no element ${i} in an array of length ${value.elements.length}`, {
        hint: 'give it a default, or check the array',
      });
    }
    bindPattern(element, value.elements[i]?.value, scope, mutable, context);
  });
}

function bindObject(
  pattern: ts.ObjectBindingPattern,
  value: Value,
  scope: Scope,
  mutable: boolean,
  context: Context,
): void {
  if (!isObject(value)) failAt(context, pattern, 'E0108', `{...} takes an object apart, not ${describe(value)}`);
  const taken = new Set<string>();
  for (const element of pattern.elements) {
    if (element.dotDotDotToken !== undefined) {
      context.budget.arrayOf(value.properties.size, element);
      const rest: [string, Slot][] = [...value.properties].filter(([key]) => !taken.has(key));
      bindPattern(element, { kind: 'object', properties: new Map(rest) }, scope, mutable, context);
      continue;
    }
    const key = elementKey(element, scope, context);
    taken.add(key);
    bindPattern(element, value.properties.get(key)?.value, scope, mutable, context);
  }
}

function elementKey(element: ts.BindingElement, scope: Scope, context: Context): string {
  if (element.propertyName !== undefined) return propertyKey(element.propertyName, scope, context);
  return ts.isIdentifier(element.name) ? element.name.text : '';
}

/** All names that a declaration binds. */
export function boundNames(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap(element => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}
