import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type DiagnosticDetails, diagnostic, type Severity } from '../../src/diagnostics/diagnostic.js';
import { renderDiagnostic } from '../../src/diagnostics/render.js';

const model = `import { conv } from 'effnetc';

export default defineModel('m', () => {
  let x = input({ height: 4, width: 4, channels: 3 });
  x = conv(x, { kernel: 5 });
\tx = conv(x,\t{ kernel: 7 });
  return x;
});
`;

interface Case {
  readonly details?: DiagnosticDetails;
  readonly message?: string;
  readonly severity?: Severity;
  readonly source?: string;
  readonly width?: number;
  readonly colour?: boolean;
}

function render({ details, message, severity, source = model, width, colour = false }: Case): string {
  const found = diagnostic(severity ?? 'error', 'E0202', message ?? 'kernel 5x5 does not fit the 4x4 input', details);
  return renderDiagnostic(found, { sourceText: file => (file === 'model.ts' ? source : undefined), colour, width });
}

const at = (line: number, column: number, length: number, file = 'model.ts') => ({
  span: { file, line, column, length },
});

describe('renderDiagnostic', () => {
  it('points at the place, with notes and help below', () => {
    const details = {
      ...at(5, 7, 22),
      notes: ['the input has no padding', { message: 'the input is made here', ...at(4, 11, 43) }],
      hint: 'use a kernel of at most 4,\nor padding "same"',
    };
    expect(render({ details })).toMatchInlineSnapshot(`
      "error[E0202]: kernel 5x5 does not fit the 4x4 input
        --> model.ts:5:7
         |
       5 |   x = conv(x, { kernel: 5 });
         |       ^^^^^^^^^^^^^^^^^^^^^^
         = note: the input has no padding
         = help: use a kernel of at most 4,
                 or padding "same"
      note: the input is made here
        --> model.ts:4:11
         |
       4 |   let x = input({ height: 4, width: 4, channels: 3 });
         |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      "
    `);
  });

  it('needs no place', () => {
    expect(render({ details: { hint: 'try again', notes: ['a', 'b'] }, severity: 'warning' })).toMatchInlineSnapshot(`
      "warning[E0202]: kernel 5x5 does not fit the 4x4 input
         = note: a
         = note: b
         = help: try again
      "
    `);
  });

  it('names the place of a file whose text it does not have', () => {
    expect(render({ details: at(3, 1, 1, 'other.ts') })).toMatchInlineSnapshot(`
      "error[E0202]: kernel 5x5 does not fit the 4x4 input
        --> other.ts:3:1
      "
    `);
  });

  it('expands tabs and keeps the underline below its text', () => {
    expect(render({ details: at(6, 13, 13) })).toMatchInlineSnapshot(`
      "error[E0202]: kernel 5x5 does not fit the 4x4 input
        --> model.ts:6:13
         |
       6 |     x = conv(x, { kernel: 7 });
         |                ^^^^^^^^^^^^^
      "
    `);
  });

  it('underlines wide and combining characters at their width', () => {
    expect(render({ source: "x = '层层e\u0301'; bad", details: at(1, 13, 3) })).toMatchInlineSnapshot(`
      "error[E0202]: kernel 5x5 does not fit the 4x4 input
        --> model.ts:1:13
         |
       1 | x = '层层é'; bad
         |              ^^^
      "
    `);
  });

  it('aligns numbers of several digits', () => {
    const source = `${'\n'.repeat(1233)}here`;
    expect(render({ source, details: { ...at(1234, 1, 4), notes: ['n'] } })).toMatchInlineSnapshot(`
      "error[E0202]: kernel 5x5 does not fit the 4x4 input
          --> model.ts:1234:1
           |
      1234 | here
           | ^^^^
           = note: n
      "
    `);
  });

  it.each([
    ['\\r\\n', 'first\r\nsecond\r\nthird\r\n'],
    ['\\r', 'first\rsecond\rthird'],
    ['\\u2028', 'first\u2028second\u2028third'],
  ])('counts lines that end with %s', (_, source) => {
    expect(render({ source, details: at(2, 1, 6) })).toBe(
      'error[E0202]: kernel 5x5 does not fit the 4x4 input\n  --> model.ts:2:1\n   |\n 2 | second\n   | ^^^^^^\n',
    );
  });

  it('cuts a span at the end of its line', () => {
    expect(render({ source: 'short\nnext', details: at(1, 3, 5000) })).toMatch(/ 1 \| short\n {3}\| {3}\^\^\^\n/);
  });

  it('points just after the line for a span that begins beyond it', () => {
    expect(render({ source: 'short', details: at(1, 400, 3) })).toMatch(/ 1 \| short\n {3}\| {6}\^\n/);
  });

  it('shows no source for a line that does not exist, and survives absurd numbers', () => {
    expect(render({ source: 'one', details: at(9, 1, 1) })).toMatch(/--> model.ts:9:1\n$/);
    expect(render({ source: 'one', details: at(0, -3, Number.NaN) })).toMatch(/ 1 \| one\n {3}\| \^\n/);
    expect(render({ source: '', details: at(1, 1, 1) })).toMatch(/ 1 \|\n {3}\| \^\n/);
  });

  it('shows a window of a long line around the underline', () => {
    const source = `${'a'.repeat(300)}BAD${'z'.repeat(300)}`;
    expect(render({ source, details: at(1, 301, 3), width: 60 })).toMatchInlineSnapshot(`
      "error[E0202]: kernel 5x5 does not fit the 4x4 input
        --> model.ts:1:301
         |
       1 | ...aaaaaaaaaaaaaaaBADzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz...
         |                   ^^^
      "
    `);
    expect(render({ source, details: at(1, 1, 3), width: 60 })).toMatch(/ 1 \| a{48,55}\.\.\.\n {3}\| \^\^\^\n/);
    expect(render({ source, details: at(1, 601, 3), width: 60 })).toMatch(/ 1 \| \.\.\.z{40,55}\n {3}\| +\^\^\^\n/);
    expect(render({ source, details: at(1, 1, 603), width: 60 })).toMatch(/ 1 \| a{48,55}\.\.\.\n {3}\| \^{48,55}\n/);
  });

  it.each([0, 1, 7, 1000, 999_990, 1_999_999])('shows at most the width of a minified file, column %i', column => {
    const source = '0123456789'.repeat(200_000);
    const text = render({ source, details: at(1, column + 1, 2), width: 80 });
    const [, shown = '', under = ''] = /\n 1 \| (.*)\n {3}\| (.*)\n/.exec(text) ?? [];
    expect(shown.length).toBeLessThanOrEqual(80);
    expect(shown[under.indexOf('^')]).toBe(String(column % 10));
    expect(shown.replaceAll('...', '')).toMatch(/^\d{60,}$/);
  });

  it('lets no text of a file drive the terminal', () => {
    const hostile = '\u001b[2J\u009b31m\u0007\u202e\u200b\r\nerror[E0000]: spoofed';
    const source = `let a = "\u001b]0;pwned\u0007\u202e"; // end`;
    const text = render({
      message: `tensor "${hostile}"`,
      source,
      details: {
        ...at(1, 32, 3),
        notes: [hostile],
        hint: hostile,
        span: { file: 'model.ts', line: 1, column: 9, length: 13 },
      },
    });
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(text).toMatchInlineSnapshot(`
      "error[E0202]: tensor "\\u{1b}[2J\\u{9b}31m\\u{7}\\u{202e}\\u{200b}\\u{d}\\nerror[E0000]: spoofed"
        --> model.ts:1:9
         |
       1 | let a = "\\u{1b}]0;pwned\\u{7}\\u{202e}"; // end
         |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         = note: \\u{1b}[2J\\u{9b}31m\\u{7}\\u{202e}\\u{200b}\\u{d}
                 error[E0000]: spoofed
         = help: \\u{1b}[2J\\u{9b}31m\\u{7}\\u{202e}\\u{200b}\\u{d}
                 error[E0000]: spoofed
      "
    `);
    expect(render({ details: at(1, 1, 1, '\u001b[31m.ts') })).toContain('--> \\u{1b}[31m.ts:1:1');
  });

  it('colours only when asked to', () => {
    expect(render({ details: at(5, 7, 1) })).not.toContain('\u001b');
    const coloured = render({ details: at(5, 7, 1), colour: true });
    expect(coloured).toContain('\u001b[31m^\u001b[39m');
    expect(stripVTControlCharacters(coloured)).toBe(render({ details: at(5, 7, 1) }));
  });
});
