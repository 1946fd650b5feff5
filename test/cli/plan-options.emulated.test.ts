import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeStack } from '../../src/cli/output.js';
import { packageRoot } from '../../src/package-root.js';
import { needsTool } from '../emulation/tools.js';
import { capture } from './capture.js';

const model = join(packageRoot(), 'examples', 'tiny', 'model.ts');

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'effnetc-plan-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (command: string, target: string, ...more: readonly string[]) =>
  capture([command, model, '--random-weights', '--target', target, ...more], { cwd });
const json = async (command: string, target: string, ...more: readonly string[]) => {
  const { code, stdout, stderr } = await run(command, target, '--json', ...more);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
};

describe('--entry and --order', () => {
  it.each([
    ['compile', '--order serch', 'search, demand, layers', 'did you mean search?'],
    ['verify', '--order layer', 'search, demand, layers', 'did you mean layers?'],
    ['profile', '--order x', 'search, demand, layers', ''],
    ['verify', '--entry push_row', 'infer, push-row', 'did you mean push-row?'],
    ['profile', '--entry infr', 'infer, push-row', 'did you mean infer?'],
  ])('%s refuses %s', async (command, text, accepted, hint) => {
    const { code, stdout, stderr } = await run(command, 'host', ...text.split(' '), ...outputOf(command));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const [option = '', given = ''] = text.split(' ');
    expect(stderr).toContain(`${option} does not take "${given}"`);
    expect(stderr).toContain(`accepted: ${accepted}`);
    expect(stderr).toContain(hint);
    expect(stderr.includes('did you mean')).toBe(hint !== '');
  });

  it('are in the help of the commands that take them', async () => {
    const help = async (command: string) => {
      const { stdout } = await capture([command, '--help']);
      const [, options = ''] = stdout.split('\nOptions:\n');
      return options.split('\n  -').filter(text => /^-(?:entry|order) /.test(text));
    };
    const [entry, order] = await help('profile');
    expect(entry?.replace(/\s+/g, ' ')).toBe('-entry <name> how the input is handed in: infer, push-row');
    expect(order?.replace(/\s+/g, ' ')).toBe('-order <name> order of steps: search, demand, layers');
    expect((await help('verify')).map(text => text.split(' ')[0])).toEqual(['-entry', '-order']);
    const [counted, third] = await help('compile');
    expect(counted?.replace(/\s+/g, ' ')).toBe(
      '-entry <name> the entry that limits of RAM are for; the C has all: infer, push-row',
    );
    expect(third).toMatch(/^-order /);
  });

  it('compile takes the order, and says which', async () => {
    const [search, layers] = [
      await json('compile', 'host', '-o', 'a'),
      await json('compile', 'host', '--order', 'layers', '-o', 'b'),
    ];
    expect([search.order, layers.order]).toEqual(['search', 'layers']);
    expect(layers.ram.bound).toBeGreaterThan(search.ram.bound);
    expect((await json('compile', 'host', '--order', 'demand', '-o', 'c')).order).toBe('demand');
  });

  it.each(['verify', 'profile'])('%s refuses to push rows of an input that is to be overwritten', async command => {
    const { code, stdout, stderr } = await run(command, 'host', '--consume-input', '--entry', 'push-row');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error[E0901]: --consume-input cannot be used with --entry push-row');
  });

  it.skipIf(!needsTool('gcc'))('--consume-input saves RAM, and the C says so', async () => {
    const keeping = await json('compile', 'host', '-o', 'sparing');
    const consuming = await json('compile', 'host', '--consume-input', '-o', 'consuming');
    expect(keeping.consumesInput).toBeUndefined();
    expect(consuming.consumesInput).toBe(true);
    expect(consuming.ram.arena).toBeLessThan(keeping.ram.arena);
    expect(readFileSync(join(cwd, 'consuming', 'tiny.h'), 'utf8')).toContain('void tiny_infer(int8_t input[192]');
    expect((await run('compile', 'host', '--consume-input', '-o', 'consuming')).stdout).toContain(
      '  input  is overwritten, and must be aligned to 4\n',
    );
    const verified = await json('verify', 'host', '--consume-input', '--random', '1', '--entry', 'infer');
    expect(verified).toMatchObject({ consumesInput: true, bitExact: true });
    const reported = await json('report', 'host', '--consume-input', '--no-profile', '-o', 'report.html');
    expect(reported).toMatchObject({ consumesInput: true, ram: { arena: consuming.ram.arena } });
  });

  it.skipIf(!needsTool('gcc'))('verify runs the entry and the order asked for', async () => {
    const fixed = ['--random', '1'];
    expect(await json('verify', 'host', ...fixed)).toMatchObject({ entry: 'infer', order: 'search', bitExact: true });
    expect(await json('verify', 'host', ...fixed, '--entry', 'push-row', '--order', 'demand')).toMatchObject({
      entry: 'push-row',
      order: 'demand',
      bitExact: true,
    });
  });

  it.skipIf(!needsTool('arm-none-eabi-gcc') || !needsTool('qemu-system-arm'))(
    'profile measures the entry asked for, with its stack bound and the share of the driver',
    async () => {
      const whole = await json('profile', 'cortex-m4');
      const pushed = await json('profile', 'cortex-m4', '--entry', 'push-row', '--order', 'layers');
      expect([whole.entry, whole.order, pushed.entry, pushed.order]).toEqual(['infer', 'search', 'push-row', 'layers']);
      // 8x8x3 of input: one row of it at a time.
      expect([whole.ram.input, pushed.ram.input]).toEqual([whole.ram.input, whole.ram.input / 8]);
      for (const { instructions, driverInstructions, layers, ram } of [whole, pushed]) {
        const sum = layers.reduce((total: number, layer: { instructions: number }) => total + layer.instructions, 0);
        expect(sum + driverInstructions).toBe(instructions);
        expect(ram.total).toBe(ram.arena + ram.input + ram.output + ram.stack);
        expect(ram.stackBound).toBeGreaterThanOrEqual(ram.stack);
        expect(ram.stackBoundUnknown).toBeUndefined();
      }
      expect(whole.ram.stackPath[0].function).toBe('tiny_infer');
      expect(pushed.ram.stackPath[0].function).toMatch(/^tiny_(push_row|end)$/);

      const { stdout } = await run('profile', 'cortex-m4', '--entry', 'push-row');
      expect(stdout).toMatch(/^driver +[\d,]+ +[\d,]+$/m);
      expect(stdout).toMatch(/, input row \d+ B, output 4 B, stack \d+ B \(measured\)$/m);
      expect(stdout).toMatch(/^stack {2}at most \d+ B: tiny_(push_row|end) \d+, run \d+, l\d\d_\w+ \d+(, \w+ \d+)*$/m);
    },
    180_000,
  );
});

describe('the stack in words', () => {
  const ram = {
    arena: 1,
    input: 2,
    output: 3,
    stack: 4,
    total: 10,
    stackBoundUnknown: undefined,
    stackPath: undefined,
  };

  it('is the bound with its path, or the reason why there is none', () => {
    const path = [
      { function: 'net_infer', bytes: 24 },
      { function: 'run', bytes: 1000 },
    ];
    expect(describeStack({ ...ram, stackBound: 1024, stackPath: path })).toBe(
      'at most 1,024 B: net_infer 24, run 1000',
    );
    expect(describeStack({ ...ram, stackBound: null, stackBoundUnknown: 'f calls through a pointer' })).toBe(
      'no bound: f calls through a pointer',
    );
  });
});

function outputOf(command: string): readonly string[] {
  return command === 'compile' ? ['-o', 'never'] : [];
}
