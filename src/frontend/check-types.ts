import { type Project, ts } from 'ts-morph';
import type { Note } from '../diagnostics/diagnostic.js';
import type { Session } from '../diagnostics/session.js';
import type { Module } from './load-modules.js';
import type { SourceContext } from './source-context.js';
import { withTimeLimit } from './time-limit.js';

/** Beyond this many, further errors are mostly echoes of the first. */
const maxErrors = 20;

/** Reports what TypeScript cannot parse, as E0102. */
export function checkSyntax(
  modules: readonly Module[],
  project: Project,
  sources: SourceContext,
  session: Session,
): void {
  const program = project.getProgram().compilerObject;
  report(
    modules.flatMap(module => program.getSyntacticDiagnostics(module.sourceFile)),
    sources,
    session,
  );
}

/**
 * Reports TypeScript's type errors, as E0102. Needs files without syntax errors.
 * @throws TimeLimitError when it takes longer than `milliseconds`: unions and tuples that double from line to line keep
 *   TypeScript busy for hours, and it counts no steps that one could bound
 */
export function checkTypes(
  modules: readonly Module[],
  project: Project,
  sources: SourceContext,
  session: Session,
  milliseconds: number,
): void {
  const program = project.getProgram().compilerObject;
  const found = withTimeLimit(milliseconds, () =>
    modules.flatMap(module => program.getSemanticDiagnostics(module.sourceFile)),
  );
  report(found, sources, session);
}

/** An array that is stored first loses its length for TypeScript. */
const pairHint = 'write the pair where it is used, or `[1, 3] as const` where it is defined';

function report(found: readonly ts.Diagnostic[], sources: SourceContext, session: Session): void {
  const errors = found.filter(d => d.category === ts.DiagnosticCategory.Error);
  for (const error of errors.slice(0, maxErrors)) {
    const [message, ...details] = flatten(error.messageText);
    session.error('E0102', message, {
      span: spanOf(error, sources),
      notes: [...details, ...relatedNotes(error, sources), `TypeScript error TS${error.code}`],
      hint: details.some(detail => detail.startsWith('Target requires')) ? pairHint : undefined,
    });
  }
}

function spanOf({ file, start, length }: ts.DiagnosticRelatedInformation, sources: SourceContext) {
  if (file === undefined || start === undefined || sources.fileOf(file) === undefined) return undefined;
  return sources.spanAt(file, start, start + (length ?? 1));
}

/** TypeScript's remarks about other places, as far as they lie in the user's own files. */
function relatedNotes(error: ts.Diagnostic, sources: SourceContext): readonly Note[] {
  return (error.relatedInformation ?? []).flatMap(related => {
    const span = spanOf(related, sources);
    return span === undefined ? [] : [{ message: flatten(related.messageText).join(': '), span }];
  });
}

/** The chain of a message, outermost first, each a sentence in the style of effnetc's own and without file names. */
function flatten(text: string | ts.DiagnosticMessageChain): [string, ...string[]] {
  if (typeof text === 'string') return [clean(text)];
  return [clean(text.messageText), ...(text.next ?? []).flatMap(flatten)];
}

function clean(message: string): string {
  return message.replace(/import\("[^"]*"\)\./g, '').replace(/\.$/, '');
}
