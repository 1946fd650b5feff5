import { ts } from 'ts-morph';
import { evaluateElementAccess, evaluatePropertyAccess } from './access.js';
import { evaluateCall } from './calls.js';
import { type Context, failAt } from './context.js';
import { evaluateArray, evaluateObject } from './literals.js';
import { binary, decides, finite, isShortCircuit, prefix, text } from './operators.js';
import { type Scope, truthy, type Value } from './values.js';

/** The value of an expression of the model language. @throws CompileError */
export function evaluateExpression(node: ts.Expression, scope: Scope, context: Context): Value {
  if (ts.isIdentifier(node)) return evaluateName(node, scope, context);
  if (ts.isNumericLiteral(node)) return finite(Number(node.text), 'this literal', node, context);
  if (ts.isStringLiteralLike(node)) return evaluateString(node, context);
  if (ts.isTemplateExpression(node)) return evaluateTemplate(node, scope, context);
  if (ts.isArrayLiteralExpression(node)) return evaluateArray(node, scope, context);
  if (ts.isObjectLiteralExpression(node)) return evaluateObject(node, scope, context);
  if (ts.isCallExpression(node)) return evaluateCall(node, scope, context);
  if (ts.isPropertyAccessExpression(node)) return evaluatePropertyAccess(node, scope, context);
  if (ts.isElementAccessExpression(node)) return evaluateElementAccess(node, scope, context);
  if (ts.isBinaryExpression(node)) return evaluateBinary(node, scope, context);
  if (ts.isPrefixUnaryExpression(node)) return prefix(node, context.evaluate(node.operand, scope), context);
  if (ts.isConditionalExpression(node)) {
    return context.evaluate(truthy(context.evaluate(node.condition, scope)) ? node.whenTrue : node.whenFalse, scope);
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return { kind: 'closure', syntax: node, scope };
  if (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  ) {
    return context.evaluate(node.expression, scope);
  }
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return true;
    case ts.SyntaxKind.FalseKeyword:
      return false;
    case ts.SyntaxKind.NullKeyword:
      return null;
  }
  return failAt(context, node, 'E0103', 'this expression is not part of the model language');
}

function evaluateName(node: ts.Identifier, scope: Scope, context: Context): Value {
  if (node.text === 'undefined') return undefined;
  const binding = scope.find(node.text);
  if (binding === undefined) {
    return failAt(context, node, 'E0103', `'${node.text}' is not part of the model language`, {
      hint: 'a model can use what it defines or imports, and some functions of Math, Array and Object',
    });
  }
  if (binding.current === undefined) {
    return failAt(context, node, 'E0118', `'${node.text}' is used before it is defined`, {
      hint: 'move its definition up',
    });
  }
  return binding.current.value;
}

function evaluateString(node: ts.StringLiteralLike, context: Context): string {
  context.budget.stringOf(node.text.length, node);
  return node.text;
}

function evaluateTemplate(node: ts.TemplateExpression, scope: Scope, context: Context): string {
  let result = node.head.text;
  for (const span of node.templateSpans) {
    result += text(context.evaluate(span.expression, scope), span.expression, context) + span.literal.text;
    context.budget.stringOf(result.length, node);
  }
  return result;
}

function evaluateBinary(node: ts.BinaryExpression, scope: Scope, context: Context): Value {
  const left = context.evaluate(node.left, scope);
  const operator = node.operatorToken.kind;
  if (isShortCircuit(operator)) return decides(operator, left) ? left : context.evaluate(node.right, scope);
  return binary(operator, left, context.evaluate(node.right, scope), node, context);
}
