import type { Module } from '../load-modules.js';
import type { SourceContext } from '../source-context.js';
import { Budget } from './budget.js';
import { callClosure, runClosure } from './calls.js';
import type { Context } from './context.js';
import { evaluateExpression } from './expressions.js';
import { globalScope } from './globals.js';
import { type Exports, evaluateModule } from './modules.js';
import type { BuiltinValue, Value } from './values.js';

export function createContext(sources: SourceContext): Context {
  const context: Context = {
    sources,
    budget: new Budget(sources),
    evaluate: (node, scope) => context.budget.nested(node, () => evaluateExpression(node, scope, context)),
    call: (callee, args, site) =>
      callee.kind === 'closure' ? callClosure(callee, args, site, context) : callee.call(args, site),
    build: (callee, site) =>
      callee.kind === 'closure' ? runClosure(callee, [], site, context) : callee.call([], site),
  };
  return context;
}

/**
 * Evaluates modules, each after those that it imports.
 * @param vocabulary what 'effnetc' exports
 * @returns the default export of the last one, undefined where it has none
 * @throws CompileError E0103, E0107 to E0110, E0116, E0118 and what the vocabulary reports
 */
export function evaluateModules(
  modules: readonly Module[],
  vocabulary: ReadonlyMap<string, BuiltinValue>,
  context: Context,
): Value {
  const globals = globalScope(context);
  const exportsOf = new Map<Module, Exports>();
  let last: Exports = new Map();
  for (const module of modules) {
    last = evaluateModule(module, { vocabulary, globals, exportsOf }, context);
    exportsOf.set(module, last);
  }
  return last.get('default')?.current?.value;
}
