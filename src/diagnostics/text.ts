/**
 * Text of users on a terminal. Names, messages and source lines come from files that may be hostile: no character of
 * them may move the cursor, change colours or reorder what is shown.
 */

/** C0 and C1 controls, DEL, line separators, bidirectional and zero-width formatting, lone surrogates. */
const unsafe = /[\p{Cc}\p{Cs}\u2028\u2029\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;
const allUnsafe = new RegExp(unsafe.source, 'gu');

const escaped = (character: string): string => {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
};

/** Replaces what could drive a terminal by a visible escape: ESC becomes `\u{1b}`. The result is one line. */
export function escapeControls(text: string): string {
  return text.replace(allUnsafe, escaped);
}

/** As {@link escapeControls}, for our own texts of several lines: line feeds stay. */
export function escapeLines(text: string): string[] {
  return text.split('\n').map(escapeControls);
}

const zeroWidth = /\p{M}/u;
/** East Asian wide and fullwidth blocks and emoji: two columns on a terminal. */
const doubleWidth =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1F64F}\u{1F900}-\u{1F9FF}\u{20000}-\u{3FFFD}]/u;

/** A character as it is shown, and the terminal columns that it takes. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  /** Index of its first UTF-16 unit in the line, and how many it has. */
  readonly start: number;
  readonly units: number;
}

const tabWidth = 4;

/** The cells of one source line: tabs expanded, unsafe characters escaped. Linear in its length. */
export function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let start = 0;
  for (const character of line) {
    let text = character;
    let width = 1;
    if (character === '\t') {
      width = tabWidth - (column % tabWidth);
      text = ' '.repeat(width);
    } else if (unsafe.test(character)) {
      text = escaped(character);
      width = text.length;
    } else if (zeroWidth.test(character)) {
      width = 0;
    } else if (doubleWidth.test(character)) {
      width = 2;
    }
    cells.push({ text, width, start, units: character.length });
    column += width;
    start += character.length;
  }
  return cells;
}
