import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DiagnosticDetails } from '../../diagnostics/diagnostic.js';

/** Ends the reading of a file with a diagnostic whose code and file name the caller has chosen. */
export type Refuse = (message: string, details?: DiagnosticDetails) => never;

/** `536,870,912 bytes`. */
export function formatBytes(bytes: number): string {
  return `${String(bytes).replace(/\B(?=(\d{3})+(?!\d))/g, ',')} bytes`;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'it may not be read (permissions)';
    default:
      return typeof code === 'string' ? `the system says ${code}` : 'the path is not usable';
  }
}

/**
 * Reads a regular file whole, once its size is known to be at most `limit` bytes. Devices, pipes and directories are
 * refused, so that nothing endless is read.
 * @throws what `unreadable` or `tooLarge` throw
 */
export function readBoundedFile(path: string, limit: number, unreadable: Refuse, tooLarge: Refuse): Uint8Array {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return unreadable(`cannot be read: ${reasonOf(error)}`);
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return unreadable('cannot be read: it is not a regular file');
    if (stat.size > limit) {
      return tooLarge(`is too large: ${formatBytes(stat.size)}, where at most ${formatBytes(limit)} are read`);
    }
    const bytes = new Uint8Array(stat.size);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(descriptor, bytes, filled, bytes.length - filled, null);
      if (got === 0) break; // shortened while being read; the format check reports what is missing
      filled += got;
    }
    return bytes.subarray(0, filled);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return unreadable(`cannot be read: ${reasonOf(error)}`);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
