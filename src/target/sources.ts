/** Paths of all numbers of a value: `memory.ram.bytes`; a list of numbers is one of them. */
function numberPaths(value: unknown, path: string): string[] {
  if (typeof value === 'number' || Array.isArray(value)) return hasNumber(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => numberPaths(item, path === '' ? key : `${path}.${key}`));
}

const hasNumber = (value: unknown): boolean =>
  Array.isArray(value) ? value.some(hasNumber) : typeof value === 'number';

const covers = (source: string, path: string): boolean => path === source || path.startsWith(`${source}.`);

/**
 * Holds a data file to the rule that each number has a source: `sources` names one by the number's path, or by a path above.
 *
 * @param problem gets the path of a number without a source, or `sources` where one is for nothing
 */
export function checkSources(
  file: { readonly sources: Readonly<Record<string, string>> },
  problem: (path: string, message: string) => void,
): void {
  const sources = Object.keys(file.sources);
  const numbers = numberPaths(file, '');
  for (const path of numbers) {
    if (!sources.some(source => covers(source, path))) problem(path, 'this number has no source in `sources`');
  }
  for (const source of sources) {
    if (!numbers.some(path => covers(source, path))) problem('sources', `there is no number at "${source}"`);
  }
}
