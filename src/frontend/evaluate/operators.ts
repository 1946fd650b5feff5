import { ts } from 'ts-morph';
import { InternalError } from '../../diagnostics/diagnostic.js';
import { type Context, failAt } from './context.js';
import { describe, truthy, type Value } from './values.js';

const { SyntaxKind: K } = ts;

/** `&&`, `||` and `??` evaluate their right side only when they need it. */
export function isShortCircuit(operator: ts.SyntaxKind): boolean {
  return operator === K.AmpersandAmpersandToken || operator === K.BarBarToken || operator === K.QuestionQuestionToken;
}

/** Does the left value decide a short-circuit operator? */
export function decides(operator: ts.SyntaxKind, left: Value): boolean {
  if (operator === K.AmpersandAmpersandToken) return !truthy(left);
  if (operator === K.BarBarToken) return truthy(left);
  return left !== undefined && left !== null;
}

/** Arithmetic, comparison and string concatenation, as JavaScript has them but without conversions. */
export function binary(operator: ts.SyntaxKind, left: Value, right: Value, site: ts.Node, context: Context): Value {
  if (operator === K.EqualsEqualsEqualsToken) return left === right;
  if (operator === K.ExclamationEqualsEqualsToken) return left !== right;
  const sign = ts.tokenToString(operator) ?? '?';
  if (typeof left === 'number' && typeof right === 'number') {
    const result = numeric(operator, left, right);
    return typeof result === 'number' ? finite(result, `${left} ${sign} ${right}`, site, context) : result;
  }
  if (typeof left === 'string' && typeof right === 'string' && operator !== K.PlusToken) {
    const order = compare(operator, left < right ? -1 : left > right ? 1 : 0);
    if (order !== undefined) return order;
  }
  if (operator === K.PlusToken && (typeof left === 'string' || typeof right === 'string')) {
    const [a, b] = [text(left, site, context), text(right, site, context)];
    context.budget.stringOf(a.length + b.length, site);
    return a + b;
  }
  return failAt(context, site, 'E0108', `${sign} does not take ${describe(left)} and ${describe(right)}`);
}

function numeric(operator: ts.SyntaxKind, left: number, right: number): number | boolean {
  switch (operator) {
    case K.PlusToken:
      return left + right;
    case K.MinusToken:
      return left - right;
    case K.AsteriskToken:
      return left * right;
    case K.SlashToken:
      return left / right;
    case K.PercentToken:
      return left % right;
    case K.AsteriskAsteriskToken:
      return left ** right;
  }
  const order = compare(operator, left - right);
  if (order === undefined) throw new InternalError(`operator ${K[operator]} passed the subset check`);
  return order;
}

function compare(operator: ts.SyntaxKind, difference: number): boolean | undefined {
  switch (operator) {
    case K.LessThanToken:
      return difference < 0;
    case K.LessThanEqualsToken:
      return difference <= 0;
    case K.GreaterThanToken:
      return difference > 0;
    case K.GreaterThanEqualsToken:
      return difference >= 0;
  }
  return undefined;
}

export function prefix(node: ts.PrefixUnaryExpression, operand: Value, context: Context): Value {
  if (node.operator === K.ExclamationToken) return !truthy(operand);
  if (typeof operand !== 'number') {
    return failAt(
      context,
      node,
      'E0108',
      `${ts.tokenToString(node.operator)} needs a number, not ${describe(operand)}`,
    );
  }
  return node.operator === K.MinusToken ? -operand : operand;
}

/** Passes a number on; @throws CompileError E0109 where NaN or an infinity arises. */
export function finite(result: number, expression: string, site: ts.Node, context: Context): number {
  if (Number.isFinite(result)) return result;
  return failAt(context, site, 'E0109', `${expression} is ${Number.isNaN(result) ? 'not a number' : 'infinite'}`);
}

/** The text of a value in a string. Undefined in a name is a mistake, not a word. */
export function text(value: Value, site: ts.Node, context: Context): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return failAt(context, site, 'E0108', `${describe(value)} cannot be part of a string`);
}
