/**
 * Edits (insert, delete, replace, swap neighbours) from `a` to `b`; `limit + 1` when there are more than `limit`.
 */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, replace);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    if (Math.min(...row, ...last) > limit) return limit + 1;
    [beforeLast, last] = [last, row];
  }
  return Math.min(last[b.length], limit + 1);
}

/** Longer words and candidates are not compared. */
const maxLength = 100;
export const maxCandidates = 500;

/**
 * The candidate that the user most likely meant, for a "did you mean"; the first of equals. Nothing when none is within
 * a third of the word's length, since a wild guess is worse than none.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  return nearestOf([word], candidates);
}

/** {@link nearest} for a thing that may be called by any of several words. */
export function nearestOf(words: readonly string[], candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  let compared = 0;
  for (const candidate of candidates) {
    if (candidate.length > maxLength) continue;
    if (++compared > maxCandidates) break;
    for (const word of words) {
      if (word.length > maxLength) continue;
      const limit = Math.min(bestDistance - 1, Math.max(1, Math.floor(word.length / 3)));
      const d = distance(word.toLowerCase(), candidate.toLowerCase(), limit);
      if (d <= limit) [best, bestDistance] = [candidate, d];
    }
  }
  return best;
}
