import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { build } from '../../src/setup/build.mjs';
import { FakeMachine } from './fake-machine.mjs';

/** @type {FakeMachine} */
let machine;
/** @param {string[]} path */
const at = (...path) => join(machine.root, ...path);
const run = () => build({ root: machine.root, env: machine.env, report: machine.report });
const builds = () => machine.calls.filter(call => call === 'npm run --silent build').length;

beforeEach(() => {
  machine = new FakeMachine();
  mkdirSync(at('src', 'cli'), { recursive: true });
  writeFileSync(at('src', 'cli', 'main.ts'), 'main');
  for (const name of ['tsconfig.json', 'src/tsconfig.json', 'package-lock.json']) writeFileSync(at(name), '{}');
  machine.program('npm', '/bin/mkdir -p dist && echo built > dist/main.js');
});
afterEach(() => machine.remove());

describe('build', () => {
  it('builds once for the same sources', () => {
    run();
    run();
    expect(builds()).toBe(1);
    expect(readFileSync(at('dist', 'main.js'), 'utf8')).toBe('built\n');
  });

  it.each([
    ['a source changes', () => writeFileSync(at('src', 'cli', 'main.ts'), 'other')],
    ['a source goes', () => rmSync(at('src', 'cli', 'main.ts'))],
    ['a source comes', () => writeFileSync(at('src', 'new.ts'), '')],
    [
      'a source moves',
      () => {
        writeFileSync(at('src', 'main.ts'), 'main');
        rmSync(at('src', 'cli', 'main.ts'));
      },
    ],
    ['the settings change', () => writeFileSync(at('tsconfig.json'), '{ }')],
    ['dist is deleted', () => rmSync(at('dist'), { recursive: true })],
  ])('builds again when %s', (_, change) => {
    run();
    change();
    run();
    expect(builds()).toBe(2);
  });

  it('leaves nothing of a former build', () => {
    mkdirSync(at('dist'));
    writeFileSync(at('dist', 'deleted-source.js'), '');
    run();
    expect(existsSync(at('dist', 'deleted-source.js'))).toBe(false);
  });

  it('shows what the compiler said, and tries again next time', () => {
    machine.program('npm', 'echo "src/x.ts(1,1): error TS1005"; exit 2');
    expect(run).toThrow(/do not compile:\n {4}src\/x.ts\(1,1\): error TS1005/);
    expect(run).toThrow();
    expect(builds()).toBe(2);
  });
});
