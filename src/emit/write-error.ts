import { fail } from '../diagnostics/diagnostic.js';

interface SystemError {
  readonly code: string;
  readonly path?: string | undefined;
}

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';

/** What went wrong and what to do about it, for the errors that users meet. */
const causes: Readonly<Record<string, readonly [cause: string, hint: string]>> = {
  ENOTDIR: ['a part of the path is a file, not a directory', 'choose another place, or remove that file'],
  EISDIR: ['there is a directory of that name', 'give the path of a file'],
  EACCES: ['permission denied', 'choose a place that you may write to'],
  EPERM: ['permission denied', 'choose a place that you may write to'],
  EROFS: ['the file system is read-only', 'choose a place that you may write to'],
  ENOSPC: ['no space left on the device', 'free some space or choose another disk'],
  EDQUOT: ['the disk quota is used up', 'free some space or choose another disk'],
  EFBIG: ['the file is larger than the system allows', 'choose another place'],
  ENOENT: ['the path does not exist', 'make the directory first'],
  ENAMETOOLONG: ['the path is too long', 'choose a shorter one'],
  ELOOP: ['symbolic links of the path form a circle', 'choose another place'],
  ERR_INVALID_ARG_VALUE: ['the path has a null character', 'choose another name'],
};

/**
 * Turns an error of node:fs into a diagnostic; any other error is passed on as it is.
 *
 * @param path as the user gave it
 * @throws CompileError E0906
 */
export function failToWrite(path: string, error: unknown): never {
  if (!isSystemError(error)) throw error;
  const [cause, hint] = causes[error.code] ?? [`system error ${error.code}`, undefined];
  fail('E0906', `cannot write "${path}": ${cause}`, { notes: ['nothing was changed'], hint });
}
