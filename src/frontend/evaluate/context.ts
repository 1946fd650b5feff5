import type { ts } from 'ts-morph';
import type { DiagnosticCode } from '../../diagnostics/codes.js';
import { type DiagnosticDetails, fail } from '../../diagnostics/diagnostic.js';
import type { SourceContext } from '../source-context.js';
import type { Budget } from './budget.js';
import type { Callable, Scope, Slot, Value } from './values.js';

/** What the parts of the evaluator know of each other. */
export interface Context {
  readonly budget: Budget;
  readonly sources: SourceContext;
  evaluate(node: ts.Expression, scope: Scope): Value;
  /** @param site the call, for budgets and "called from here" */
  call(callee: Callable, args: readonly Slot[], site: ts.Node): Value;
  /** Calls the function of a model; "called from here" would tell nothing. */
  build(callee: Callable, site: ts.Node): Value;
}

/** Ends the evaluation with an error at a piece of syntax. */
export function failAt(
  context: Pick<Context, 'sources'>,
  node: ts.Node,
  code: DiagnosticCode,
  message: string,
  details: Omit<DiagnosticDetails, 'span'> = {},
): never {
  fail(code, message, { ...details, span: context.sources.span(node) });
}
