import { readFileSync, statSync } from 'node:fs';
import { fail } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';

const maxBytes = 1_000_000;

/**
 * The text of a model file, without a byte order mark.
 * @param importedAt the import that names it; undefined for the file given on the command line
 * @throws CompileError E0101 when it cannot be read, E0104 when an import cannot, E0106 when it is too large
 */
export function readSource(absolute: string, shown: string, importedAt: Span | undefined): string {
  const unreadable = (why: string, hint?: string): never =>
    fail(importedAt === undefined ? 'E0101' : 'E0104', `${shown} ${why}`, { span: importedAt, hint });
  const size = fileSize(absolute);
  if (size === 'missing') unreadable('does not exist', 'check the path');
  if (size === 'not a file') unreadable('is not a file', 'give the path of a model file, such as model.ts');
  if (typeof size === 'number' && size > maxBytes) {
    fail('E0106', `${shown} has ${size} bytes; a model file may have at most ${maxBytes}`, {
      span: importedAt,
      hint: 'weights belong in the weights file',
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(absolute));
  } catch (error) {
    return unreadable(error instanceof TypeError ? 'is not UTF-8 text' : `cannot be read (${errorCode(error)})`);
  }
}

function fileSize(absolute: string): number | 'missing' | 'not a file' {
  try {
    const found = statSync(absolute);
    return found.isFile() ? found.size : 'not a file';
  } catch {
    return 'missing';
  }
}

/** `EACCES` and the like; the message of the system error would show absolute paths. */
function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
