import { describe, expect, it } from 'vitest';
import { readText } from './read-text.js';
import { rejectCases } from './reject-cases.js';

describe('refused model descriptions', () => {
  it.each(rejectCases.map(reject => [reject.name, reject] as const))('%s', async (_name, reject) => {
    const { graph, diagnostics } = await readText(reject.source, reject.files);
    expect(graph).toBeUndefined();
    const [first] = diagnostics.filter(d => d.severity === 'error');
    const { code, message, span } = first ?? expect.fail('no error reported');
    expect({ code, file: span?.file, line: span?.line, column: span?.column }).toEqual({
      code: reject.code,
      file: reject.file,
      line: reject.line,
      column: reject.column,
    });
    expect(message).not.toMatch(/\.$|\/model\/|undefined is/);
    expect(span?.length).toBeGreaterThan(0);
  });

  it('reports everything that is not part of the language at once', async () => {
    const several = rejectCases.find(({ name }) => name === 'several at once') ?? expect.fail();
    const { diagnostics } = await readText(several.source);
    expect(diagnostics.map(d => d.message)).toEqual([
      'var is not part of the model language',
      'a while loop is not part of the model language',
      "'console' is not part of the model language",
    ]);
  });

  it('has names of its own', () => {
    expect(new Set(rejectCases.map(({ name }) => name)).size).toBe(rejectCases.length);
  });
});
