import type { DiagnosticCode } from './codes.js';
import type { Span } from './span.js';

export type Severity = 'error' | 'warning';

/** A remark that belongs to a diagnostic, with a place of its own where it has one. */
export interface Note {
  readonly message: string;
  readonly span?: Span | undefined;
}

/** An error as a value: what, where, and what to do about it. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** One sentence without a full stop, naming the thing that is wrong. */
  readonly message: string;
  readonly span?: Span | undefined;
  readonly notes: readonly Note[];
  /** What the user can do, as an imperative. */
  readonly hint?: string | undefined;
}

export interface DiagnosticDetails {
  readonly span?: Span | undefined;
  readonly notes?: readonly (Note | string)[];
  readonly hint?: string | undefined;
}

export function diagnostic(
  severity: Severity,
  code: DiagnosticCode,
  message: string,
  details: DiagnosticDetails = {},
): Diagnostic {
  const notes = (details.notes ?? []).map(note => (typeof note === 'string' ? { message: note } : note));
  return { code, severity, message, span: details.span, notes, hint: details.hint };
}

/**
 * Ends a stage with the diagnostics that it gathered. The user's mistake, not ours: an internal error is any other
 * class (see {@link InternalError}).
 */
export class CompileError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(d => `${d.code}: ${d.message}`).join('\n'));
    this.name = 'CompileError';
  }
}

/** A broken promise inside effnetc itself. Users see exit code 70 and a request to report it. */
export class InternalError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InternalError';
  }
}

/** Throws a {@link CompileError} with one error. For errors after which the stage cannot go on. */
export function fail(code: DiagnosticCode, message: string, details: DiagnosticDetails = {}): never {
  throw new CompileError([diagnostic('error', code, message, details)]);
}

/** Throws an {@link InternalError} unless the condition holds. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InternalError(message);
}
