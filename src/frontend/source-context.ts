import type { ts } from 'ts-morph';
import { invariant } from '../diagnostics/diagnostic.js';
import type { Session } from '../diagnostics/session.js';
import type { Span } from '../diagnostics/span.js';

/**
 * Knows the source files of one model under two names: the one inside the TypeScript program, and the one that the user
 * sees, relative as the model path was given.
 */
export class SourceContext {
  private readonly shown = new Map<string, string>();

  constructor(private readonly session: Session) {}

  /** @param internal name in the TypeScript program @param file name for spans; its text becomes quotable */
  register(internal: string, file: string, text: string): void {
    this.shown.set(internal, file);
    this.session.addSource(file, text);
  }

  /** The user's name of a file of the program; undefined for effnetc's own and TypeScript's. */
  fileOf(sourceFile: ts.SourceFile): string | undefined {
    return this.shown.get(sourceFile.fileName);
  }

  span(node: ts.Node): Span {
    const sourceFile = node.getSourceFile();
    return this.spanAt(sourceFile, node.getStart(sourceFile), node.getEnd());
  }

  /** A span of characters [start, end); cut at the end of the first line, since one line is underlined. */
  spanAt(sourceFile: ts.SourceFile, start: number, end: number): Span {
    const file = this.fileOf(sourceFile);
    invariant(file !== undefined, `no source registered for ${sourceFile.fileName}`);
    const { line, character } = sourceFile.getLineAndCharacterOfPosition(start);
    const lineEnd = lineEndAt(sourceFile.text, start);
    return { file, line: line + 1, column: character + 1, length: Math.max(1, Math.min(end, lineEnd) - start) };
  }
}

function lineEndAt(text: string, from: number): number {
  const found = text.slice(from).search(/[\r\n\u2028\u2029]/);
  return found < 0 ? text.length : from + found;
}
