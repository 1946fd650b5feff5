import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';

/** The top level: what a stranger sees first. Tool configurations are dot files, or beside what they configure. */
const entries = [
  '.biome.json',
  '.ci',
  '.editorconfig',
  '.github',
  '.gitignore',
  '.npmrc',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'docs',
  'examples',
  'package-lock.json',
  'package.json',
  'src',
  'targets',
  'templates',
  'test',
  'tsconfig.json',
];

/** What git does not keep, and what a copy without git may have. */
const made = ['.git', 'build', 'dist', 'node_modules'];

it('the top level has these entries and no others', () => {
  const root = packageRoot();
  const found = existsSync(join(root, '.git'))
    ? execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
        .split('\n')
        .filter(path => path !== '')
        .map(path => path.split('/')[0])
    : readdirSync(root).filter(name => !made.includes(name));
  expect([...new Set(found)].sort()).toEqual([...entries].sort());
});
