import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptCases } from './accept-cases.js';
import { readText, withBody } from './read-text.js';
import { rejectCases } from './reject-cases.js';

/** Many times what a million steps take, for busy machines. */
const patience = 15_000;

/** Whatever the text is: a graph or diagnostics with places, in bounded time, and no other exception. */
async function endsWell(source: string): Promise<void> {
  const start = performance.now();
  const { graph, diagnostics } = await readText(source);
  const errors = diagnostics.filter(d => d.severity === 'error');
  expect(graph === undefined).toBe(errors.length > 0);
  for (const { span } of diagnostics) {
    if (span === undefined) continue;
    expect(span.line).toBeGreaterThan(0);
    expect(span.column).toBeGreaterThan(0);
    expect(span.length).toBeGreaterThan(0);
  }
  expect(performance.now() - start).toBeLessThan(patience);
}

const words = (
  'const let var function return if else for of in while do new this async await typeof class export default import from as ' +
  'satisfies x y z f xs input conv dense effnetBlock activation defineModel Math Array Object .map .at .length .reduce .from ' +
  "'effnetc' 'relu' 'name' `${ } ` ( ) [ ] { } => = + - * / % ** === < > && || ?? ? : ; , . ... ! ++ 0 1 2 1e9 -1 0.5 null " +
  'undefined true any number \n // /* */ @ # \\ \u2028 é'
).split(' ');

const soup = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map(tokens => tokens.join(' '));

const sources = [
  ...['effnet-cifar10/model.ts', 'effnet-cifar10/leaky-postbn.ts', 'tiny/model.ts'].map(file =>
    readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8'),
  ),
  ...acceptCases.map(([, body, , top]) => withBody(body, top)),
  ...rejectCases.filter(({ source }) => source.length < 1000).map(({ source }) => source),
];

/** A source with some of its tokens deleted, doubled, swapped or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...sources),
    fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        from: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        how: fc.constantFrom('delete', 'double', 'swap', 'replace'),
        word: fc.constantFrom(...words),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([source, edits]) => {
    const tokens = source.match(/\w+|\s+|./gs) ?? [];
    for (const { at, from, how, word } of edits) {
      const i = Math.floor(at * tokens.length);
      const j = Math.floor(from * tokens.length);
      const [a = '', b = ''] = [tokens[i], tokens[j]];
      if (how === 'delete') tokens.splice(i, 1);
      else if (how === 'double') tokens.splice(i, 0, b);
      else if (how === 'replace') tokens[i] = word;
      else [tokens[i], tokens[j]] = [b, a];
    }
    return tokens.join('');
  });

describe('no text makes the reader throw anything but diagnostics, or hang', () => {
  it('token soup', async () => {
    await fc.assert(fc.asyncProperty(soup, endsWell), { numRuns: 300 });
  });

  it('token soup inside a model', async () => {
    await fc.assert(
      fc.asyncProperty(
        soup.map(text => withBody(text)),
        endsWell,
      ),
      { numRuns: 300 },
    );
  });

  it('mutated models', async () => {
    await fc.assert(fc.asyncProperty(mutated, endsWell), { numRuns: 500 });
  });

  it('mutated models without type checking', async () => {
    // The evaluator must stand on its own: a model can switch the type checker off.
    await fc.assert(
      fc.asyncProperty(
        mutated.map(text => `// @ts-nocheck\n${text}`),
        endsWell,
      ),
      { numRuns: 500 },
    );
  });
});
