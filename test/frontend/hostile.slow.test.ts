import { describe, expect, it } from 'vitest';
import { readText, withBody } from './read-text.js';

const lines = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

/** Far less than the default, so that the tests are quick. */
const typeCheckMilliseconds = 1500;

/** Declarations that grow without end while they are type-checked or evaluated. */
const bombs: readonly (readonly [name: string, top: string])[] = [
  [
    'tuples that double',
    `const a0 = [1, 1] as const;\n${lines(20, i => `const a${i + 1} = [...a${i}, ...a${i}] as const;`)}`,
  ],
  [
    'unions that double',
    `const o0 = {};\n${lines(24, i => `const o${i + 1} = { ...o${i}, ...((true as boolean) ? { a${i}: 1 } : { b${i}: 1 }) };`)}`,
  ],
  [
    'intersections that double',
    `type U0 = { k: 1 } | { k: 2 };\n${lines(20, i => `type U${i + 1} = U${i} & ({ a${i}: 1 } | { a${i}: 2 });`)}\nconst z: U20 = { k: 3 };`,
  ],
  [
    'calls that double',
    `const f0 = (n: number): number => n;\n${lines(40, i => `const f${i + 1} = (n: number): number => f${i}(f${i}(n));`)}\nconst y = f40(1);`,
  ],
  ['an array of half a megabyte', `const a = [${'1,'.repeat(250_000)}];`],
  ['an object of half a megabyte', `const a = {${lines(40_000, i => `k${i}: 1,`)}};`],
  [
    'a union of many keys',
    `type K = ${Array.from({ length: 3000 }, (_, i) => `'k${i}'`).join('|')};\nconst r = (x: Record<K, K>, k: K): K => x[x[k]];`,
  ],
];

describe('hostile models end in a diagnostic, or are read, in bounded time', () => {
  it.each(bombs)('%s', async (_name, top) => {
    const start = performance.now();
    const { graph, diagnostics } = await readText(withBody('x = flatten(x);', top), {}, typeCheckMilliseconds);
    expect(performance.now() - start).toBeLessThan(10_000);
    if (graph === undefined) expect(['E0102', 'E0107']).toContain(diagnostics[0]?.code);
  });

  it('options of arrays that contain each other twenty times over', async () => {
    const { diagnostics } = await readText(
      withBody(
        'let a: any = [1];\nfor (const i of Array.from({ length: 20 })) a = [a, a];\nx = dense(x, { units: a });',
      ),
    );
    expect(diagnostics[0]).toMatchObject({
      code: 'E0201',
      message: "option 'units' of dense cannot be nested too deeply",
    });
  });

  it('the next model is read as if nothing had happened', async () => {
    const unions = bombs.find(([name]) => name === 'unions that double')?.[1] ?? expect.fail();
    const stopped = await readText(withBody('x = flatten(x);', unions), {}, 300);
    expect(stopped.diagnostics.map(d => d.message)).toEqual(['the types of model.ts take too long to check']);
    const { graph, diagnostics } = await readText(withBody('x = flatten(x);'));
    expect(diagnostics).toEqual([]);
    expect(graph?.output).toBe('flatten');
  });
});
