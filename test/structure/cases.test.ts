import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kernelsOf } from '../../src/kernels/index.js';
import { opTable } from '../../src/ops/index.js';
import { packageRoot } from '../../src/package-root.js';
import { models } from '../ops/models.js';

const root = packageRoot();
const bodies = Object.entries(models);
const computed = [...opTable.values()].filter(op => op.traits.source !== true && op.traits.floatOnly !== true);

describe.each(computed.map(op => [op.kind, op] as const))('the op %s', (kind, op) => {
  it('has a model in test/ops/models.ts, which is compared with the reference on every core', () => {
    const [name] = bodies.find(([, [, body]]) => new RegExp(`\\b${kind}\\(`).test(body)) ?? [];
    expect(name, `add a model that uses ${kind}`).toBeDefined();
  });

  it('has a kernel for any compiler, and golden C of it', () => {
    expect(kernelsOf(kind, []).rows.length).toBeGreaterThan(0);
    const golden = bodies.filter(([, [, body]]) => new RegExp(`\\b${kind}\\(`).test(body)).map(([name]) => `${name}.c`);
    const there = readdirSync(join(root, 'test', 'golden', 'c', 'ops'));
    expect(
      golden.some(file => there.includes(file)),
      `"npm run vitest -- test/golden -u" writes ${golden.join()}: list it in test/golden/op-c.golden.test.ts`,
    ).toBe(true);
  });

  it('is an op that models can write, with the vocabulary and the docs', () => {
    if (op.vocabulary === undefined) return;
    expect(readFileSync(join(root, 'src', 'vocabulary', 'ops.ts'), 'utf8')).toContain(`export const ${kind}: `);
  });
});

/** Each template of src/kernels and what its name begins with: the source file that uses it. */
describe('templates/kernels', () => {
  const folders = readdirSync(join(root, 'templates', 'kernels'));
  it('has the folders of src/kernels', () => {
    const sources = readdirSync(join(root, 'src', 'kernels'), { withFileTypes: true });
    expect(folders.sort()).toEqual(
      sources
        .filter(entry => entry.isDirectory())
        .map(entry => entry.name)
        .sort(),
    );
  });

  it.each(folders.filter(folder => folder !== 'shared'))('%s: each template is named like a source file', folder => {
    const sources = readdirSync(join(root, 'src', 'kernels', folder)).map(file => file.replace(/\.ts$/, ''));
    const templates = readdirSync(join(root, 'templates', 'kernels', folder)).map(file => file.replace(/\.hbs$/, ''));
    const odd = templates.filter(name => !sources.some(file => name === file || name.startsWith(`${file}-`)));
    expect(odd).toEqual([]);
  });
});
