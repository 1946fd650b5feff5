import { describe, expect, it } from 'vitest';
import { acceptCases } from './accept-cases.js';
import { brief, readText, withBody } from './read-text.js';

describe('accepted model descriptions', () => {
  it.each(acceptCases.map(accept => [accept[0], accept] as const))('%s', async (_name, [, body, expected, top]) => {
    const { graph, diagnostics } = await readText(withBody(body, top));
    expect(diagnostics).toEqual([]);
    const lines = brief(graph ?? expect.fail('no graph')).split('\n');
    expect(lines.slice(1, -1)).toEqual(expected);
    expect(lines.at(-1)).toBe(`-> ${expected.at(-1)?.split(' ')[0]}`);
  });
});

describe('modules', () => {
  it('imports values, functions, defaults and types of relative modules, each evaluated once', async () => {
    const { graph, diagnostics } = await readText(
      `import { defineModel, input } from 'effnetc';
import block, { type Options, sizes as widths } from './lib/block.js';
import { count } from './lib/count.ts';

const options: Options = { units: widths[1] };
export default defineModel('m', () => block(input({ height: 1, width: 1, channels: count }), options));
`,
      {
        'lib/block.ts': `import { dense, type Tensor } from 'effnetc';
import { count } from './count.js';

export interface Options {
  readonly units: number;
}
export const sizes = [3, 4] as const;
export default function block(x: Tensor, { units }: Options): Tensor {
  return dense(x, { units: units + count });
}
`,
        'lib/count.ts': 'export const [count] = [2];\n',
      },
    );
    expect(diagnostics).toEqual([]);
    expect(graph && brief(graph)).toBe('input = input() 1x1x2\ndense = dense(input) 1x1x6\n-> dense');
    expect(graph?.nodes[1]?.span).toMatchObject({ file: 'lib/block.ts', line: 9, column: 10 });
  });

  it('reads the renamed imports and the spans of calls', async () => {
    const { graph, session } = await readText(`import { conv as c, defineModel, input } from 'effnetc';
export default defineModel('m', function () {
  const x = input({ height: 1, width: 1, channels: 1 });
  return c(x, {
    channels: 2,
    kernel: 1,
  });
});
`);
    expect(graph?.nodes.map(node => node.span)).toEqual([
      { file: 'model.ts', line: 3, column: 13, length: 43 },
      { file: 'model.ts', line: 4, column: 10, length: 6 },
    ]);
    expect(session.sourceText('model.ts')).toContain('return c(x, {');
  });
});

describe('warnings', () => {
  it('names tensors that nobody needs, but not what only they read', async () => {
    const { graph, diagnostics } = await readText(
      withBody("const y = activation(x, 'relu');\nconv(y, { name: 'lost', channels: 1, kernel: 1 });\nx = flatten(x);"),
    );
    expect(graph?.output).toBe('flatten');
    expect(diagnostics.map(({ code, severity, message, span }) => [code, severity, message, span?.line])).toEqual([
      ['E0115', 'warning', "the result of 'lost' is computed but never used", 6],
    ]);
  });
});
