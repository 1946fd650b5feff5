import { ts } from 'ts-morph';
import { type Module, vocabularySpecifier } from '../load-modules.js';
import type { Context } from './context.js';
import { boundNames } from './patterns.js';
import { executeStatement, hoist } from './statements.js';
import { type Binding, type BuiltinValue, Scope } from './values.js';

/** What a module exports. Bindings, not values: an exported `let` may still change. */
export type Exports = ReadonlyMap<string, Binding>;

/** What the modules of a model share. */
export interface World {
  readonly vocabulary: ReadonlyMap<string, BuiltinValue>;
  readonly globals: Scope;
  /** Exports of the modules evaluated so far. */
  readonly exportsOf: ReadonlyMap<Module, Exports>;
}

/** Evaluates the statements of one module, whose imports have been evaluated. */
export function evaluateModule(module: Module, world: World, context: Context): Exports {
  const scope = new Scope(world.globals);
  const exported = new Map<string, Binding>();
  const { statements } = module.sourceFile;
  for (const statement of statements) {
    if (ts.isImportDeclaration(statement)) bindImports(statement, module, world, scope);
  }
  const body = statements.filter(statement => !ts.isImportDeclaration(statement));
  hoist(body, scope);
  for (const statement of body) {
    if (ts.isExportAssignment(statement)) {
      exported.set('default', { mutable: false, current: { value: context.evaluate(statement.expression, scope) } });
      continue;
    }
    executeStatement(statement, scope, context);
    for (const [name, local] of exportedNames(statement)) {
      const binding = local === undefined ? undefined : scope.find(local);
      if (binding !== undefined) exported.set(name, binding);
    }
  }
  return exported;
}

/** Names that a statement exports, with the local names that they stand for. */
function exportedNames(statement: ts.Statement): readonly (readonly [string, string | undefined])[] {
  if (!ts.isVariableStatement(statement) && !ts.isFunctionDeclaration(statement)) return [];
  const has = (kind: ts.SyntaxKind) => statement.modifiers?.some(modifier => modifier.kind === kind) === true;
  if (!has(ts.SyntaxKind.ExportKeyword)) return [];
  if (ts.isFunctionDeclaration(statement)) {
    const local = statement.name?.text;
    return [[has(ts.SyntaxKind.DefaultKeyword) ? 'default' : (local ?? ''), local]];
  }
  return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name)).map(name => [name, name]);
}

/** Names that are types have no value and are not bound; type checking has seen to it that they exist. */
function bindImports(statement: ts.ImportDeclaration, module: Module, world: World, scope: Scope): void {
  const { moduleSpecifier, importClause } = statement;
  if (importClause === undefined || !ts.isStringLiteral(moduleSpecifier)) return;
  const bind = (local: string, imported: string) => {
    if (moduleSpecifier.text === vocabularySpecifier) {
      const found = world.vocabulary.get(imported);
      if (found !== undefined) scope.define(local, found);
      return;
    }
    const target = module.imports.get(moduleSpecifier.text);
    const found = target === undefined ? undefined : world.exportsOf.get(target)?.get(imported);
    if (found !== undefined) scope.alias(local, found);
  };
  if (importClause.name !== undefined) bind(importClause.name.text, 'default');
  const named = importClause.namedBindings;
  if (named === undefined || !ts.isNamedImports(named)) return;
  for (const element of named.elements) bind(element.name.text, (element.propertyName ?? element.name).text);
}
