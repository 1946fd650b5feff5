import { fail } from '../diagnostics/diagnostic.js';
import { nearest } from '../diagnostics/nearest.js';

/** Does a name fit a pattern, in which `*` stands for any characters? In time that grows with their product, whatever the pattern is. */
export function matches(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

/** @throws CompileError E0506 that lists the names that there are */
export function refuseName(message: string, pattern: string, names: readonly string[]): never {
  const guess = nearest(pattern, names);
  return fail('E0506', message, {
    notes: [`names that there are: ${names.join(', ')}`],
    hint: guess === undefined ? '`*` stands for any characters: *.pw' : `did you mean ${guess}?`,
  });
}
