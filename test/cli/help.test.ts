import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { Shell } from '../../src/cli/shell.js';
import { capture } from './capture.js';

const silent = { write: () => {}, isTTY: false };
const context = { stdout: silent, stderr: silent, cwd: '.', env: {}, version: '0', now: () => 0 };
const names = createProgram(new Shell(context, []))
  .commands.map(command => command.name())
  .filter(name => name !== 'help');

describe('help', () => {
  it.each(names)('of %s has a description, an example of that command, and fits 80 columns', async name => {
    const { code, stdout } = await capture([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: .*\n\n\S/);
    expect(stdout).toContain(`\nExample:\n  $ effnetc ${name}`);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('lists every command', async () => {
    const { stdout } = await capture(['--help']);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });
});
