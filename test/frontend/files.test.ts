import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { Session } from '../../src/diagnostics/session.js';
import { readModel } from '../../src/frontend/read-model.js';
import { opTable } from '../../src/ops/index.js';
import { memoryFiles, readText } from './read-text.js';

const directory = mkdtempSync(path.join(tmpdir(), 'effnetc-model-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function errorOf(file: string): Promise<string> {
  const relative = path.relative(process.cwd(), path.join(directory, file));
  try {
    await readModel(relative, { ops: opTable, session: new Session() });
  } catch (error) {
    if (error instanceof CompileError) return error.message.replaceAll(relative.replaceAll('\\', '/'), file);
    throw error;
  }
  return 'accepted';
}

describe('model files on disk', () => {
  it('are refused when they are none', async () => {
    mkdirSync(path.join(directory, 'folder.ts'));
    writeFileSync(path.join(directory, 'latin1.ts'), Uint8Array.of(0x2f, 0x2f, 0xe9));
    writeFileSync(path.join(directory, 'large.ts'), ' '.repeat(1_000_001));
    expect(await errorOf('missing.ts')).toBe('E0101: missing.ts does not exist');
    expect(await errorOf('folder.ts')).toBe('E0101: folder.ts is not a file');
    expect(await errorOf('latin1.ts')).toBe('E0101: latin1.ts is not UTF-8 text');
    expect(await errorOf('large.ts')).toBe('E0106: large.ts has 1000001 bytes; a model file may have at most 1000000');
  });

  it('may begin with a byte order mark and have line ends of Windows', async () => {
    const { graph } = await readText(
      "\uFEFFimport { defineModel, flatten, input } from 'effnetc';\r\nexport default defineModel('m', () => flatten(input({ height: 1, width: 1, channels: 1 })));\r\n",
    );
    expect(graph?.nodes[1]?.span).toEqual({ file: 'model.ts', line: 2, column: 39, length: 52 });
  });

  it('are at most 64', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 80 }, (_, i) => [`m${i}.ts`, `import { a } from './m${i + 1}.js';\nexport { a };\n`]),
    );
    const { diagnostics } = await readText("import { a } from './m0.js';\n", chain);
    expect(diagnostics.map(({ code, span }) => [code, span?.file, span?.line])).toEqual([['E0106', 'm62.ts', 1]]);
  });

  it('are called as the user called them, imports relative to that', async () => {
    const session = new Session();
    const files = memoryFiles({
      'nets/a/model.ts':
        "import { head } from '../shared/head.js';\nimport { defineModel, input } from 'effnetc';\nexport default defineModel('m', () => head(input({ height: 1, width: 1, channels: 1 })));\n",
      'nets/shared/head.ts':
        "import { flatten, type Tensor } from 'effnetc';\nexport const head = (x: Tensor) => flatten(x);\n",
    });
    const graph = await readModel('nets/a/model.ts', { ops: opTable, session, files });
    expect(graph.nodes.map(node => node.span?.file)).toEqual(['nets/a/model.ts', 'nets/shared/head.ts']);
    expect(session.sourceText('nets/shared/head.ts')).toContain('flatten(x)');
  });

  it('leave nothing after for the next model', async () => {
    const first = await readText("import { a } from './a.js';\nexport default a;\n", {
      'a.ts': 'export const a = 1;\n',
    });
    expect(first.diagnostics[0]?.code).toBe('E0111');
    const second = await readText("import { a } from './a.js';\nexport default a;\n");
    expect(second.diagnostics[0]?.code).toBe('E0104');
  });
});

describe('nesting that would exhaust the stack', () => {
  it.each([
    ['parentheses', `const a = ${'('.repeat(100_000)}`],
    ['brackets', `const a = ${'['.repeat(50_000)}${']'.repeat(50_000)};`],
    ['sums', `const a = 1${' + 1'.repeat(20_000)};`],
    ['types', `type A = ${'('.repeat(50_000)}1${')'.repeat(50_000)};`],
    ['blocks', `${'{'.repeat(50_000)}${'}'.repeat(50_000)}`],
    ['calls', `const f = (x: any): any => x; const a = f${'(f)'.repeat(20_000)};`],
  ])('%s', async (_name, source) => {
    const { diagnostics } = await readText(source);
    expect(['E0102', 'E0107']).toContain(diagnostics[0]?.code);
    // The reader works as before.
    const after = await readText(
      "import { defineModel, flatten, input } from 'effnetc';\nexport default defineModel('m', () => flatten(input({ height: 1, width: 1, channels: 1 })));\n",
    );
    expect(after.diagnostics).toEqual([]);
  });
});
