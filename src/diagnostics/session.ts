import type { DiagnosticCode } from './codes.js';
import { CompileError, type Diagnostic, type DiagnosticDetails, diagnostic } from './diagnostic.js';

/**
 * Gathers the diagnostics of a run, and the source texts that their rendering quotes.
 * A stage reports all that it finds, then calls {@link Session.stopOnErrors}.
 */
export class Session {
  private readonly found: Diagnostic[] = [];
  private readonly texts = new Map<string, string>();

  get diagnostics(): readonly Diagnostic[] {
    return this.found;
  }

  /** Remembers the text of a source file, under the name that spans use for it. */
  addSource(file: string, text: string): void {
    this.texts.set(file, text);
  }

  sourceText(file: string): string | undefined {
    return this.texts.get(file);
  }

  report(found: Diagnostic): void {
    this.found.push(found);
  }

  /** Runs a step of many, and reports what it refuses, so that the others are looked at, too. */
  collect(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      for (const found of error.diagnostics) this.report(found);
    }
  }

  error(code: DiagnosticCode, message: string, details: DiagnosticDetails = {}): void {
    this.report(diagnostic('error', code, message, details));
  }

  warning(code: DiagnosticCode, message: string, details: DiagnosticDetails = {}): void {
    this.report(diagnostic('warning', code, message, details));
  }

  /** @throws CompileError with everything reported so far, when any of it is an error. */
  stopOnErrors(): void {
    if (this.found.some(d => d.severity === 'error')) throw new CompileError(this.found);
  }
}
