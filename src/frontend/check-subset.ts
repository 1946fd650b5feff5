import { ts } from 'ts-morph';
import type { Session } from '../diagnostics/session.js';
import type { Module } from './load-modules.js';
import type { SourceContext } from './source-context.js';
import { allowedKinds, assignments, rejectedGlobals, rejectedKinds, rejectedOperators } from './subset-syntax.js';

const { SyntaxKind: K } = ts;

/** Deeper expressions than this are no model, and would exhaust the stack of what comes later. */
const maxDepth = 100;

/**
 * Reports everything in a module that is not part of the model language, as E0103. By syntax alone and before type
 * checking: "process is not part of the model language" helps more than TypeScript's "cannot find name".
 */
export function checkSubset({ sourceFile }: Module, sources: SourceContext, session: Session): void {
  const declared = declaredNames(sourceFile);
  const refuse = (node: ts.Node, what: string, hint: string) =>
    session.error('E0103', `${what} is not part of the model language`, { span: sources.span(node), hint });

  const visit = (node: ts.Node, depth: number): void => {
    if (depth > maxDepth) {
      session.error('E0107', 'this is nested too deeply', { span: sources.span(node), hint: 'split it up' });
      return;
    }
    const rejection = rejectedKinds.get(node.kind);
    if (rejection !== undefined) {
      refuse(node, rejection.what, rejection.hint);
      return;
    }
    if (!ts.isToken(node) && !allowedKinds.has(node.kind)) {
      refuse(node, 'this syntax', 'a model consists of constants, functions and calls; see the examples');
      return;
    }
    checkDetails(node, declared, refuse);
    node.forEachChild(child => visit(child, depth + 1));
  };
  visit(sourceFile, 0);
}

type Refuse = (node: ts.Node, what: string, hint: string) => void;

/** Rules that the kind of syntax alone does not tell. */
function checkDetails(node: ts.Node, declared: ReadonlySet<string>, refuse: Refuse): void {
  if (ts.isVariableDeclarationList(node)) checkDeclarationList(node, refuse);
  else if (ts.isBinaryExpression(node)) checkOperator(node, refuse);
  else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) checkUnary(node, refuse);
  else if (ts.isForOfStatement(node)) checkForOf(node, refuse);
  else if (ts.isFunctionLike(node) && 'asteriskToken' in node && node.asteriskToken !== undefined) {
    refuse(node.asteriskToken as ts.Node, 'a generator', 'return an array');
  } else if (ts.isExportAssignment(node) && node.isExportEquals === true) {
    refuse(node, 'export =', 'write `export default defineModel(...)`');
  } else if (ts.isIdentifier(node) && !declared.has(node.text) && isReference(node)) {
    const hint = rejectedGlobals.get(node.text);
    if (hint !== undefined) refuse(node, `'${node.text}'`, hint);
  }
}

function checkDeclarationList(node: ts.VariableDeclarationList, refuse: Refuse): void {
  // `using` sets the flags of both let and const.
  const kind = node.flags & ts.NodeFlags.BlockScoped;
  if (kind !== ts.NodeFlags.Let && kind !== ts.NodeFlags.Const) {
    refuse(node, kind === 0 ? 'var' : 'using', 'use const or let');
  }
}

function checkOperator(node: ts.BinaryExpression, refuse: Refuse): void {
  const operator = node.operatorToken;
  const hint = rejectedOperators.get(operator.kind);
  if (hint !== undefined) {
    refuse(operator, `the operator ${ts.tokenToString(operator.kind)}`, hint);
  } else if (isAssignment(operator.kind)) {
    if (!assignments.has(operator.kind)) {
      refuse(operator, `the operator ${ts.tokenToString(operator.kind)}`, 'assign with =');
    } else if (!ts.isIdentifier(node.left)) {
      refuse(
        node.left,
        'changing a part of a value',
        'values do not change: build a new one, as in { ...old, bias: false }',
      );
    } else if (!ts.isExpressionStatement(node.parent)) {
      refuse(node, 'an assignment inside an expression', 'make it a statement of its own');
    }
  }
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= K.FirstAssignment && kind <= K.LastAssignment;
}

function checkUnary(node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression, refuse: Refuse): void {
  if (node.operator === K.PlusPlusToken || node.operator === K.MinusMinusToken) {
    refuse(node, `the operator ${ts.tokenToString(node.operator)}`, 'write `i += 1` or `i -= 1`');
  } else if (node.operator === K.TildeToken) {
    refuse(node, 'the operator ~', 'use arithmetic');
  }
}

function checkForOf(node: ts.ForOfStatement, refuse: Refuse): void {
  if (!ts.isVariableDeclarationList(node.initializer)) {
    refuse(node.initializer, 'a loop without a variable of its own', 'write `for (const x of ...)`');
  }
}

/** Is the identifier a value that is read, not the name of a property, a declaration or a type? */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  return (
    ts.isShorthandPropertyAssignment(parent) ||
    (ts.isExpression(parent) && !ts.isExpressionWithTypeArguments(parent)) ||
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isStatement(parent) ||
    ts.isSpreadAssignment(parent) ||
    ts.isTemplateSpan(parent) ||
    ts.isExportAssignment(parent) ||
    ts.isComputedPropertyName(parent)
  );
}

/** Every name that the module binds anywhere; a name of its own hides a global. */
function declaredNames(sourceFile: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node, depth: number): void => {
    if (depth > maxDepth) return;
    if (
      (ts.isVariableDeclaration(node) ||
        ts.isParameter(node) ||
        ts.isBindingElement(node) ||
        ts.isFunctionDeclaration(node) ||
        ts.isImportSpecifier(node) ||
        ts.isImportClause(node) ||
        ts.isTypeAliasDeclaration(node) ||
        ts.isInterfaceDeclaration(node)) &&
      node.name !== undefined &&
      ts.isIdentifier(node.name)
    ) {
      names.add(node.name.text);
    }
    node.forEachChild(child => visit(child, depth + 1));
  };
  visit(sourceFile, 0);
  return names;
}
