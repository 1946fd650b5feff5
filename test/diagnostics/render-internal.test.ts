import { describe, expect, it } from 'vitest';
import { InternalError } from '../../src/diagnostics/diagnostic.js';
import { renderInternalError } from '../../src/diagnostics/render-internal.js';

const options = { colour: false, version: '1.2.3', argv: ['compile', "it's a model.ts", '-o', 'out'], debug: false };

describe('renderInternalError', () => {
  it('takes the blame, says what to report and shows no stack', () => {
    expect(renderInternalError(new InternalError('row 3 read before written'), options)).toMatchInlineSnapshot(`
      "internal error: row 3 read before written
         = note: this is a fault of effnetc, not of your model or your command
         = note: effnetc 1.2.3; command line: effnetc compile 'it'\\''s a model.ts' -o out
         = help: please report it with the version and the command line above; EFFNETC_DEBUG=1 shows the stack
      "
    `);
  });

  it('shows the stack for EFFNETC_DEBUG=1', () => {
    const text = renderInternalError(new Error('x'), { ...options, debug: true });
    expect(text).toMatch(/\n {4}at .*render-internal\.test/);
    expect(text).not.toContain('EFFNETC_DEBUG');
  });

  it('takes anything that can be thrown, and escapes it', () => {
    expect(renderInternalError('\u001b[31m', options)).toContain('internal error: \\u{1b}[31m');
  });
});
