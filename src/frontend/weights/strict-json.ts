import type { Refuse } from '../arrays/bounded-file.js';
import { quoteName } from '../arrays/quote.js';

interface Level {
  /** Keys seen so far; undefined in an array. */
  readonly keys: Set<string> | undefined;
  expectKey: boolean;
}

/** Index after the string that starts at `start`; the end of the text when it does not end. */
function stringEnd(text: string, start: number): number {
  // By hand: a pattern would need V8's backtrack stack to be as deep as a hostile string is long.
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/**
 * Walks over the tokens of a JSON text for the two things that JSON.parse lets pass: keys given twice (of which it keeps the
 * last) and deep nesting (which it takes seconds and gigabytes to refuse). Anything else that is wrong is left to it.
 */
function checkTokens(text: string, maxDepth: number, refuse: Refuse): void {
  const levels: Level[] = [];
  for (let at = 0; at < text.length; at++) {
    const level = levels.at(-1);
    switch (text[at]) {
      case '{':
      case '[':
        if (levels.length === maxDepth) refuse(`is nested deeper than ${maxDepth} levels`);
        levels.push({ keys: text[at] === '{' ? new Set() : undefined, expectKey: text[at] === '{' });
        break;
      case '}':
      case ']':
        levels.pop();
        break;
      case ',':
        if (level !== undefined) level.expectKey = level.keys !== undefined;
        break;
      case '"': {
        const end = stringEnd(text, at);
        if (level?.keys !== undefined && level.expectKey) {
          const key = decodeKey(text.slice(at, end));
          if (key !== undefined && level.keys.has(key)) refuse(`has the key ${quoteName(key)} twice`);
          if (key !== undefined) level.keys.add(key);
          level.expectKey = false;
        }
        at = end - 1;
        break;
      }
    }
  }
}

/** `"\u0061"` and `"a"` are one key. Undefined for what is no JSON string, which JSON.parse will refuse. */
function decodeKey(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

/**
 * JSON.parse that refuses duplicate keys and nesting beyond `maxDepth`. Takes time linear in the length of the text.
 * @throws what `refuse` throws
 */
export function parseStrictJson(text: string, maxDepth: number, refuse: Refuse): unknown {
  checkTokens(text, maxDepth, refuse);
  try {
    return JSON.parse(text);
  } catch {
    return refuse('is not valid JSON');
  }
}

/** The entries of a JSON object; undefined for any other value. */
export function objectEntries(value: unknown): readonly [string, unknown][] | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
}
