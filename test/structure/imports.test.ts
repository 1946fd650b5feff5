import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

/** Which folders of src/ a folder may import from: one way only, but for toolchain and run, which share driver.ts. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  diagnostics: [],
  'package-root.ts': ['diagnostics'],
  numeric: [],
  'vocabulary.ts': [],
  ir: ['diagnostics'],
  ops: ['diagnostics', 'ir', 'numeric'],
  passes: ['diagnostics', 'ir', 'ops'],
  target: ['diagnostics', 'ops', 'package-root.ts'],
  timing: ['diagnostics', 'package-root.ts', 'target'],
  quantize: ['diagnostics', 'ir', 'numeric', 'ops', 'run'],
  frontend: ['diagnostics', 'ir', 'numeric', 'ops', 'quantize'],
  plan: ['diagnostics', 'ir', 'kernels', 'numeric', 'ops'],
  kernels: ['diagnostics', 'ir', 'ops', 'target'],
  emit: ['diagnostics', 'ir', 'kernels', 'numeric', 'ops', 'plan'],
  toolchain: ['diagnostics', 'emit', 'package-root.ts', 'run', 'target'],
  run: ['diagnostics', 'ir', 'ops', 'target', 'timing', 'toolchain'],
  'loading.ts': ['diagnostics', 'frontend', 'ir', 'numeric', 'ops', 'passes', 'quantize', 'run'],
  'reducing.ts': ['ir', 'kernels', 'loading.ts', 'ops', 'passes', 'plan', 'target'],
  'provenance.ts': ['emit', 'loading.ts', 'numeric', 'plan', 'target'],
  'pipeline.ts': [
    'diagnostics',
    'emit',
    'ir',
    'kernels',
    'loading.ts',
    'numeric',
    'ops',
    'package-root.ts',
    'plan',
    'provenance.ts',
    'reducing.ts',
    'run',
    'target',
  ],
  'budget.ts': ['diagnostics', 'emit', 'kernels', 'pipeline.ts', 'plan', 'run', 'target'],
  tune: ['diagnostics', 'frontend', 'ir', 'kernels', 'ops', 'pipeline.ts', 'run', 'target', 'toolchain'],
  report: [
    'budget.ts',
    'diagnostics',
    'emit',
    'ir',
    'kernels',
    'numeric',
    'ops',
    'package-root.ts',
    'pipeline.ts',
    'plan',
    'quantize',
    'run',
    'target',
    'timing',
    'toolchain',
  ],
  cli: [
    'budget.ts',
    'diagnostics',
    'emit',
    'frontend',
    'ir',
    'numeric',
    'package-root.ts',
    'pipeline.ts',
    'quantize',
    'report',
    'run',
    'target',
    'timing',
    'toolchain',
    'tune',
  ],
};

const root = join(packageRoot(), 'src');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
const areaOf = (file: string) => file.split(sep)[0];

describe('imports go one way', () => {
  it.each(sources)('%s', file => {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, from, lazily] of text.matchAll(/from '(\.[^']+)'|import\('(\.[^']+)'\)/g)) {
      const imported = relative(root, normalize(join(root, dirname(file), from ?? lazily))).replace(/\.js$/, '.ts');
      if (areaOf(imported) === areaOf(file)) continue;
      expect(allowed[areaOf(file)], `${file} imports ${imported}`).toContain(areaOf(imported));
    }
  });

  it('no target and no op is named where passes or the plan are', () => {
    for (const file of sources.filter(f => ['passes', 'plan', 'kernels', 'emit'].includes(areaOf(f)))) {
      expect(readFileSync(join(root, file), 'utf8'), file).not.toMatch(/cortex-m|\.op === '/);
    }
  });

  it('no file is longer than 500 lines', () => {
    for (const file of sources)
      expect(readFileSync(join(root, file), 'utf8').split('\n').length, file).toBeLessThan(500);
  });
});
