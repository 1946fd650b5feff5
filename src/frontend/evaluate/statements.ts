import { ts } from 'ts-morph';
import { assignments } from '../subset-syntax.js';
import { type Context, failAt } from './context.js';
import { binary } from './operators.js';
import { bindPattern, boundNames } from './patterns.js';
import { describe, isArray, Scope, truthy, type Value } from './values.js';

/** How a statement ended early: with the value of a `return`. */
export interface Completion {
  readonly returned: Value;
}

/** Executes statements in a scope made for them; functions can be called before their declaration. */
export function executeBlock(
  statements: readonly ts.Statement[],
  scope: Scope,
  context: Context,
): Completion | undefined {
  hoist(statements, scope);
  for (const statement of statements) {
    const completion = executeStatement(statement, scope, context);
    if (completion !== undefined) return completion;
  }
  return undefined;
}

/** Declares the names of a block: variables without a value yet, functions with theirs. */
export function hoist(statements: readonly ts.Statement[], scope: Scope): void {
  for (const statement of statements) {
    if (ts.isVariableStatement(statement)) {
      const mutable = isLet(statement.declarationList);
      for (const { name } of statement.declarationList.declarations) {
        for (const bound of boundNames(name)) scope.declare(bound, mutable);
      }
    } else if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) {
      scope.define(statement.name.text, { kind: 'closure', syntax: statement, scope });
    }
  }
}

export function executeStatement(node: ts.Statement, scope: Scope, context: Context): Completion | undefined {
  return context.budget.nested(node, () => {
    if (ts.isVariableStatement(node)) {
      executeDeclarations(node.declarationList, scope, context);
      return undefined;
    }
    if (ts.isExpressionStatement(node)) {
      executeExpression(node.expression, scope, context);
      return undefined;
    }
    if (ts.isReturnStatement(node)) {
      return { returned: node.expression === undefined ? undefined : context.evaluate(node.expression, scope) };
    }
    if (ts.isBlock(node)) return executeBlock(node.statements, new Scope(scope), context);
    if (ts.isIfStatement(node)) return executeIf(node, scope, context);
    if (ts.isForOfStatement(node)) return executeForOf(node, scope, context);
    if (
      ts.isFunctionDeclaration(node) ||
      ts.isEmptyStatement(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isInterfaceDeclaration(node)
    ) {
      return undefined;
    }
    return failAt(context, node, 'E0103', 'this statement is not part of the model language');
  });
}

function executeDeclarations(list: ts.VariableDeclarationList, scope: Scope, context: Context): void {
  for (const declaration of list.declarations) {
    const value = declaration.initializer === undefined ? undefined : context.evaluate(declaration.initializer, scope);
    bindPattern(declaration, value, scope, isLet(list), context);
  }
}

function executeIf(node: ts.IfStatement, scope: Scope, context: Context): Completion | undefined {
  if (truthy(context.evaluate(node.expression, scope))) return executeStatement(node.thenStatement, scope, context);
  return node.elseStatement === undefined ? undefined : executeStatement(node.elseStatement, scope, context);
}

function executeForOf(node: ts.ForOfStatement, scope: Scope, context: Context): Completion | undefined {
  const list = node.initializer;
  const [declaration] = ts.isVariableDeclarationList(list) ? list.declarations : [];
  if (declaration === undefined || !ts.isVariableDeclarationList(list)) {
    return failAt(context, node, 'E0103', 'this loop is not part of the model language');
  }
  const values = context.evaluate(node.expression, scope);
  if (!isArray(values)) {
    return failAt(context, node.expression, 'E0108', `for...of needs an array, not ${describe(values)}`);
  }
  for (const { value } of values.elements) {
    const inner = new Scope(scope);
    bindPattern(declaration, value, inner, isLet(list), context);
    const completion = executeStatement(node.statement, inner, context);
    if (completion !== undefined) return completion;
  }
  return undefined;
}

function executeExpression(node: ts.Expression, scope: Scope, context: Context): void {
  if (ts.isBinaryExpression(node) && assignments.has(node.operatorToken.kind)) assign(node, scope, context);
  else context.evaluate(node, scope);
}

/** `x = value`, `x += value`. */
function assign(node: ts.BinaryExpression, scope: Scope, context: Context): void {
  const { left } = node;
  const binding = ts.isIdentifier(left) ? scope.find(left.text) : undefined;
  if (binding === undefined || !binding.mutable) {
    failAt(context, left, 'E0108', 'this cannot be assigned to', { hint: 'declare it with let' });
  }
  const operator = assignments.get(node.operatorToken.kind);
  const before = operator === undefined ? undefined : context.evaluate(left, scope);
  const right = context.evaluate(node.right, scope);
  const value = operator === undefined ? right : binary(operator, before, right, node, context);
  if (binding.current === undefined) failAt(context, left, 'E0118', 'this is assigned to before it is defined');
  binding.current = { value };
}

function isLet(list: ts.VariableDeclarationList): boolean {
  return (list.flags & ts.NodeFlags.Let) !== 0;
}
