import { expect, it } from 'vitest';
import { renderDiagnostic } from '../../src/diagnostics/render.js';
import { readText } from '../frontend/read-text.js';
import { rejectCases } from '../frontend/reject-cases.js';

// What a user sees, whole: source line, caret, notes and help.
it.each(rejectCases.map(reject => [reject.name, reject] as const))('%s', async (_name, reject) => {
  const { diagnostics } = await readText(reject.source, reject.files);
  const texts: Readonly<Record<string, string>> = { 'model.ts': reject.source, ...reject.files };
  const rendered = diagnostics.map(d =>
    renderDiagnostic(d, { sourceText: file => texts[file], colour: false, width: 100 }),
  );
  expect(`\n${rendered.join('')}`).toMatchSnapshot();
  expect(rendered.join('')).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
});
