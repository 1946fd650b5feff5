import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

/**
 * The folders of src/ in the order of their layers: a file imports from its own folder and from those before it. `setup` runs
 * before anything is compiled and imports nothing.
 */
const order = [
  'vocabulary',
  'diagnostics',
  'package-root.ts',
  'numeric',
  'ir',
  'ops',
  'interpreter',
  'passes',
  'quantize',
  'frontend',
  'target',
  'kernels',
  'select',
  'plan',
  'emit',
  'timing',
  'toolchain',
  'run',
  'pipeline',
  'report',
  'cli',
  'setup',
];

const root = join(packageRoot(), 'src');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map(file => file.replaceAll('\\', '/'))
  .filter(file => file.endsWith('.ts'));
const folderOf = (file: string): string => file.split('/')[0];

/** What a file imports, types included. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
  return [...found].map(([, path]) => relative(root, join(root, dirname(file), path)).replace(/\.js$/, '.ts'));
}

const imports = new Map(sources.map(file => [file, importsOf(file)]));

/** The first circle that is met from a file on, as the files along it. */
function circleFrom(file: string, path: readonly string[], done: Set<string>): readonly string[] | undefined {
  const at = path.indexOf(file);
  if (at >= 0) return [...path.slice(at), file];
  if (done.has(file)) return undefined;
  for (const imported of imports.get(file) ?? []) {
    const circle = circleFrom(imported, [...path, file], done);
    if (circle !== undefined) return circle;
  }
  done.add(file);
  return undefined;
}

describe('imports', () => {
  it('go one way', () => {
    const against = sources.flatMap(file =>
      importsOf(file)
        .filter(imported => order.indexOf(folderOf(imported)) > order.indexOf(folderOf(file)))
        .map(imported => `${file} imports ${imported}`),
    );
    expect(against).toEqual([]);
  });

  it('know every folder', () => {
    const unknown = [...new Set(sources.map(folderOf))].filter(folder => !order.includes(folder));
    expect(unknown).toEqual([]);
  });

  it('make no circles, types included', () => {
    const done = new Set<string>();
    expect(sources.map(file => circleFrom(file, [], done)).find(circle => circle !== undefined)).toBeUndefined();
  });

  it('see each file that they name', () => {
    const missing = sources.flatMap(file => importsOf(file).filter(imported => !imports.has(imported)));
    expect(missing).toEqual([]);
  });
});

it('no target and no op is named where passes, choices, plans and emission are', () => {
  for (const file of sources.filter(f => ['passes', 'plan', 'select', 'emit'].includes(folderOf(f)))) {
    expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(/cortex-m|\.op === '/);
  }
});

it('no file is longer than 400 lines', () => {
  for (const file of sources) {
    expect(readFileSync(join(root, file), 'utf8').split('\n').length, file).toBeLessThanOrEqual(401);
  }
});

it('no type is forced on a value', () => {
  for (const file of sources)
    expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(/as unknown as|\bas any[;,)]/);
});
