import { readFileSync, statSync } from 'node:fs';
import { fail } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';

/** Where model files are read from; tests have them in memory. */
export interface SourceFiles {
  /** Bytes of a file, or why it cannot be one. */
  size(absolute: string): number | 'missing' | 'not a file';
  /** @throws Error with a `code` such as EACCES */
  read(absolute: string): Uint8Array;
}

export const diskFiles: SourceFiles = {
  size(absolute) {
    try {
      const found = statSync(absolute);
      return found.isFile() ? found.size : 'not a file';
    } catch {
      return 'missing';
    }
  },
  read: absolute => readFileSync(absolute),
};

const maxBytes = 1_000_000;

/**
 * The text of a model file, without a byte order mark.
 * @param importedAt the import that names it; undefined for the file given on the command line
 * @throws CompileError E0101 when it cannot be read, E0104 when an import cannot, E0106 when it is too large
 */
export function readSource(files: SourceFiles, absolute: string, shown: string, importedAt: Span | undefined): string {
  const unreadable = (why: string, hint?: string): never =>
    fail(importedAt === undefined ? 'E0101' : 'E0104', `${shown} ${why}`, { span: importedAt, hint });
  const size = files.size(absolute);
  if (size === 'missing') return unreadable('does not exist', 'check the path');
  if (size === 'not a file') return unreadable('is not a file', 'give the path of a model file, such as model.ts');
  if (size > maxBytes) {
    fail('E0106', `${shown} has ${size} bytes; a model file may have at most ${maxBytes}`, {
      span: importedAt,
      hint: 'weights belong in the weights file',
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(files.read(absolute));
  } catch (error) {
    return unreadable(error instanceof TypeError ? 'is not UTF-8 text' : `cannot be read (${errorCode(error)})`);
  }
}

/** `EACCES` and the like; the message of the system error would show absolute paths. */
function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
