import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installPackages, packagesOutOfDate } from '../../src/setup/packages.mjs';
import { FakeMachine } from './fake-machine.mjs';

/** @type {FakeMachine} */
let machine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine.remove());

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
};
const installed = { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' } };

/** @param {object} packages */
const lock = packages => writeFileSync(join(machine.root, 'package-lock.json'), JSON.stringify({ packages }));

/** @param {object | string} packages */
function nodeModules(packages) {
  mkdirSync(join(machine.root, 'node_modules'), { recursive: true });
  const text = typeof packages === 'string' ? packages : JSON.stringify({ packages });
  writeFileSync(join(machine.root, 'node_modules', '.package-lock.json'), text);
}

const install = (env = {}) =>
  installPackages({ root: machine.root, env: { ...machine.env, ...env }, report: machine.report });

describe('packagesOutOfDate', () => {
  beforeEach(() => lock(wanted));

  it('is content when each locked package is there, those for other platforms apart', () => {
    nodeModules(installed);
    expect(packagesOutOfDate(machine.root)).toBeUndefined();
  });

  it.each([
    ['node_modules is missing', undefined],
    ['node_modules is incomplete', '{ "packages": '],
    ['node_modules/zod is not installed', {}],
    ['node_modules/zod is not the locked version', { 'node_modules/zod': { version: '3.9.0', integrity: 'sha512-a' } }],
    ['node_modules/zod is not the locked version', { 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-b' } }],
  ])('sees that %s', (reason, packages) => {
    if (packages !== undefined) nodeModules(packages);
    expect(packagesOutOfDate(machine.root)).toBe(reason);
  });
});

describe('installPackages', () => {
  it('does nothing when all is in place', () => {
    lock(wanted);
    nodeModules(installed);
    install();
    expect(machine.said).toBe('');
  });

  it('runs npm ci, build tools included, with one line of progress', () => {
    lock(wanted);
    machine.program('npm', 'echo "NODE_ENV=$NODE_ENV" >> "$LOG"');
    install({ NODE_ENV: 'production' });
    expect(machine.calls).toEqual([
      'npm ci --no-fund --no-audit --include=dev --loglevel=error',
      'NODE_ENV=development',
    ]);
    expect(machine.said).toBe('installing npm packages (npm ci: node_modules is missing) ... done');
  });

  it('shows what npm said when it fails, and what to do', () => {
    lock(wanted);
    machine.program('npm', 'echo "npm error network request failed" >&2; exit 1');
    expect(() => install()).toThrowErrorMatchingInlineSnapshot(`
      [Error: npm could not install the packages. It says:
          npm error network request failed
        Check the network and the npm registry (npm ping), then run the command again.]
    `);
  });

  it('says so when there is no npm at all', () => {
    lock(wanted);
    expect(() => install()).toThrow(/ENOENT/);
  });

  it('does not guess when the lock file is damaged', () => {
    nodeModules(installed);
    writeFileSync(join(machine.root, 'package-lock.json'), '<<<<<<< HEAD');
    expect(() => install()).toThrow(/git checkout package-lock.json/);
  });
});
