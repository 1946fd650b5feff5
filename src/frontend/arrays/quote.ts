const maxShown = 100;

/**
 * A name from a file, in quotes and safe to print: control characters (a file could carry terminal escapes) are written as
 * `\u001b`, and what is longer than 100 characters is cut.
 */
export function quoteName(name: string): string {
  const cut = name.length > maxShown ? `${name.slice(0, maxShown)}…` : name;
  const safe = cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, c => {
    const hex = (c.codePointAt(0) ?? 0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
  return `'${safe}'`;
}

/** `[32, 3, 1, 1]`: dimensions as numpy and PyTorch print them. */
export function formatDims(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** The first names of a list, in quotes, and how many more there are. */
export function quoteList(names: readonly string[], limit = 12): string {
  const shown = names.slice(0, limit).map(quoteName).join(', ');
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown;
}
