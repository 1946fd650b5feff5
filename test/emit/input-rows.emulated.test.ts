import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { type CompiledModel, compileModel, randomModel } from '../../src/pipeline/index.js';
import { loadTarget } from '../../src/target/load-target.js';

const compile = async (file: string): Promise<CompiledModel> =>
  compileModel(await randomModel(join(packageRoot(), file), { seed: 1 }, new Session()), loadTarget('host'), '0.0.0');

/** The C that finds the input rows of a layer: from its case to the call of its function. */
function caseOf({ files, view }: CompiledModel, layer: number): string {
  const text = files.get(`${view.name}.c`) ?? '';
  const from = text.indexOf(`        case ${layer}: {`);
  return text.slice(from, text.indexOf('break;', from));
}

describe.each(['examples/shapes/resnet8.ts', 'test/entry-points/models/ring.ts'])('the C of %s', file => {
  it('has no loop of one iteration and no test of a row that cannot fail', async () => {
    const compiled = await compile(file);
    for (const [i, { row }] of compiled.plan.layers.entries()) {
      const text = caseOf(compiled, i);
      expect(text).not.toMatch(/k < 1;|\[0 \+ k\]/);
      if (row.inputs.length !== 1) continue;
      const [{ tensor, window }] = row.inputs;
      const { rows } = compiled.plan.program.tensors[tensor];
      const first = Array.from({ length: row.steps }, (_, y) => y * window.stride - window.before);
      expect(text.includes('r >= 0'), text).toBe(first.some(r => r < 0));
      expect(text.includes(`r < ${rows}`), text).toBe(first.some(r => r + window.rows > rows));
    }
  });
});

it('a window of one row with a stride is a line', async () => {
  const compiled = await compile('examples/shapes/resnet8.ts');
  const skip = compiled.plan.layers.findIndex(({ node }) => node.name === 'stack2.skip');
  expect(caseOf(compiled, skip)).toContain('const int32_t r = y * 2;\n                rows[0] = at(l03_rows[r]);');
});
