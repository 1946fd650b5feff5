import { ts } from 'ts-morph';
import { CompileError } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import { member } from './access.js';
import { type Context, failAt } from './context.js';
import { evaluateList } from './literals.js';
import { callMethod } from './methods.js';
import { bindPattern } from './patterns.js';
import { executeBlock } from './statements.js';
import { array, type ClosureValue, describe, isCallable, isObject, Scope, type Slot, type Value } from './values.js';

/** Notes about callers that an error carries at most. */
const maxCallNotes = 3;

export function evaluateCall(node: ts.CallExpression, scope: Scope, context: Context): Value {
  const callee = node.expression;
  if (ts.isPropertyAccessExpression(callee)) return callProperty(node, callee, scope, context);
  return callValue(context.evaluate(node.expression, scope), node, scope, context);
}

/** `Math.floor(x)`, `options.head(x)`, or a method such as `xs.map(f)`. */
function callProperty(
  node: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  scope: Scope,
  context: Context,
): Value {
  const target = context.evaluate(callee.expression, scope);
  if (typeof target === 'object' && target?.kind === 'namespace') {
    return callValue(member(target, callee, context), node, scope, context);
  }
  if (isObject(target)) return callValue(target.properties.get(callee.name.text)?.value, node, scope, context);
  return callMethod(target, callee, evaluateList(node.arguments, node, scope, context), node, context);
}

function callValue(callee: Value, node: ts.CallExpression, scope: Scope, context: Context): Value {
  if (!isCallable(callee)) {
    return failAt(context, node.expression, 'E0108', `${describe(callee)} cannot be called`);
  }
  return context.call(callee, evaluateList(node.arguments, node, scope, context), node);
}

/** Calls a function of the model's own. An error inside it tells where it was called from. */
export function callClosure(closure: ClosureValue, args: readonly Slot[], site: ts.Node, context: Context): Value {
  try {
    return runClosure(closure, args, site, context);
  } catch (error) {
    throw error instanceof CompileError ? withCaller(error, context.sources.span(site)) : error;
  }
}

export function runClosure(
  { syntax, scope }: ClosureValue,
  args: readonly Slot[],
  site: ts.Node,
  context: Context,
): Value {
  return context.budget.called(site, () => {
    const inner = new Scope(scope);
    bindParameters(syntax.parameters, args, inner, context);
    if (syntax.body === undefined) {
      return failAt(context, syntax, 'E0103', 'a function without a body is not part of the model language');
    }
    if (!ts.isBlock(syntax.body)) return context.evaluate(syntax.body, inner);
    return executeBlock(syntax.body.statements, inner, context)?.returned;
  });
}

function bindParameters(
  parameters: readonly ts.ParameterDeclaration[],
  args: readonly Slot[],
  scope: Scope,
  context: Context,
): void {
  parameters.forEach((parameter, i) => {
    const value =
      parameter.dotDotDotToken === undefined ? args[i]?.value : { ...array([], parameter), elements: args.slice(i) };
    bindPattern(parameter, value, scope, true, context);
  });
}

function withCaller(error: CompileError, span: Span): CompileError {
  return new CompileError(
    error.diagnostics.map(found => {
      const callers = found.notes.filter(note => note.message === callNote).length;
      return callers >= maxCallNotes ? found : { ...found, notes: [...found.notes, { message: callNote, span }] };
    }),
  );
}

const callNote = 'called from here';
