import { describe, expect, it } from 'vitest';
import { codeAreas, diagnosticsPage, sortedCodes } from '../../src/diagnostics/page.js';

describe('docs/diagnostics.md', () => {
  it('is what codes.ts says (`npm run vitest -- test/diagnostics -u` makes it anew)', async () => {
    await expect(diagnosticsPage()).toMatchFileSnapshot('../../docs/diagnostics.md');
  });

  it('has a heading for the area of each code', () => {
    for (const [code] of sortedCodes()) expect(Object.keys(codeAreas)).toContain(code.slice(0, 3));
  });
});

describe('codes', () => {
  it.each(sortedCodes())('%s has a short title and an explanation in whole sentences', (_, { title, explanation }) => {
    expect(title).not.toMatch(/\.$|\n/);
    expect(title.length).toBeLessThanOrEqual(60);
    expect(explanation).toMatch(/\.$/);
  });
});
