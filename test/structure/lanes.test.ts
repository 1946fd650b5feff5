import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

/** A test file is in the lane that the end of its name says; docs/testing.md says what belongs where. */
const lanes = ['golden', 'emulated', 'slow'];

/** Modules that build firmware or run it. */
const emulating = ['src/run/host.ts', 'src/run/qemu.ts', 'src/run/rp2040js.ts', 'src/run/profile.ts'];
const building = ['src/toolchain/build-firmware.ts'];

const root = packageRoot();
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .map(file => `test/${file.replaceAll('\\', '/')}`)
  .filter(file => file.endsWith('.ts'));
const tests = files.filter(file => file.endsWith('.test.ts'));
const laneOf = (file: string): string => lanes.find(lane => file.endsWith(`.${lane}.test.ts`)) ?? 'unit';

/** What a file imports when it is loaded: no types, and nothing that is loaded later. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/import type [^;]*;/g, '');
  return [...text.matchAll(/(?:from|^import) '(\.[^']+)'/gm)].map(([, path]) =>
    normalize(join(dirname(file), path)).replace(/\.js$/, '.ts'),
  );
}

function reach(file: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const imported of importsOf(file).filter(path => !seen.has(path) && existsSync(join(root, path)))) {
    seen.add(imported);
    reach(imported, seen);
  }
  return seen;
}

describe('lanes', () => {
  it('have names that say one lane', () => {
    const odd = tests.filter(file => !/^[^.]+(?:\.(?:golden|emulated|slow))?\.test\.ts$/.test(file));
    expect(odd).toEqual([]);
  });

  it('golden files are compared in the golden lane, or where they are emulated', () => {
    const golden = tests.filter(file => file.startsWith('test/golden/')).map(laneOf);
    expect(golden).not.toContain('unit');
  });

  it.each(tests.filter(file => ['unit', 'golden'].includes(laneOf(file))))('%s builds and runs nothing', file => {
    const reached = reach(file);
    expect([...emulating, ...building].filter(module => reached.has(module))).toEqual([]);
  });
});
