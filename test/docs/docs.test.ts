import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { opTable } from '../../src/ops/index.js';
import { packageRoot } from '../../src/package-root.js';
import { readText } from '../frontend/read-text.js';

const root = packageRoot();
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs')).map(page => `docs/${page}`)];

describe('the docs are true', () => {
  it.each(pages)('%s: links and paths lead somewhere', page => {
    for (const [, link] of text(page).matchAll(/\]\(([^)#]+)\)/g)) {
      if (!/^https?:/.test(link)) expect(existsSync(join(root, dirname(page), link)), link).toBe(true);
    }
    for (const [, path] of text(page).matchAll(/`((?:src|templates|targets|examples|docs|test)\/[\w./-]+)`/g)) {
      if (!path.includes('NAME')) expect(existsSync(join(root, path)), path).toBe(true);
    }
  });

  it("the README's model is a model", async () => {
    const [, model] = /```ts\n([\s\S]*?)```/.exec(text('README.md')) ?? expect.fail('no model');
    const { graph, diagnostics } = await readText(model);
    expect(diagnostics).toEqual([]);
    expect(graph?.name).toBe('tiny_net');
  });

  it('the README names every op', () => {
    for (const op of opTable.keys()) expect(text('README.md')).toContain(`\`${op}\``);
  });

  it('the architecture page names every folder of src', () => {
    for (const { name } of readdirSync(join(root, 'src'), { withFileTypes: true }).filter(e => e.isDirectory())) {
      expect(text('docs/architecture.md')).toContain(`\`src/${name}\``);
    }
  });
});
