import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CompileError, type Diagnostic } from '../../src/diagnostics/diagnostic.js';
import { packageRoot } from '../../src/package-root.js';
import { listTargets, loadTarget } from '../../src/target/load-target.js';
import { needsTool } from '../emulation/tools.js';

const names = readdirSync(join(packageRoot(), 'targets'))
  .filter(file => file.endsWith('.json'))
  .map(file => file.replace('.json', ''))
  .sort();

const scratch = mkdtempSync(join(tmpdir(), 'effnetc-targets-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function problems(action: () => unknown): readonly Diagnostic[] {
  try {
    action();
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics;
    throw error;
  }
  throw new Error('expected a CompileError');
}

const valid = {
  description: 'a board',
  cpu: 'cortex-m4',
  isa: ['thumb2', 'dsp'],
  compiler: { family: 'arm-none-eabi', flags: ['-mcpu=cortex-m4'] },
  memory: { code: { origin: '0x0', bytes: 1024 }, ram: { origin: '0x20000000', bytes: 1024 } },
  rp2040js: false,
  sources: { memory: 'datasheet' },
};

function loadText(text: string): ReturnType<typeof loadTarget> {
  writeFileSync(join(scratch, 'board.json'), text);
  return loadTarget('board', scratch);
}

const messages = (change: object): string[] =>
  problems(() => loadText(JSON.stringify({ ...valid, ...change }))).map(d => d.message);

describe('target files', () => {
  it('lists all', () => {
    expect(listTargets()).toEqual(names);
  });

  it.each(names)('%s is valid, and its flags give the ISA that it lists', name => {
    const target = loadTarget(name);
    expect(target.name).toBe(name);
    if (target.compiler.family === 'host' || !needsTool('arm-none-eabi-gcc')) return;
    const { status, stdout } = spawnSync('arm-none-eabi-gcc', [...target.compiler.flags, '-dM', '-E', '-x', 'c', '-'], {
      input: '',
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const defined = (macro: string): boolean => stdout.includes(`#define ${macro} `);
    expect(target.isa.includes('dsp')).toBe(defined('__ARM_FEATURE_DSP'));
    expect(target.isa.includes('mve')).toBe(defined('__ARM_FEATURE_MVE'));
    expect(target.isa.includes('thumb2')).toBe(defined('__thumb2__'));
  });

  it('microbit has the memory of the board as budget', () => {
    expect(loadTarget('microbit').budget).toEqual({ ramBytes: 16384, flashBytes: 262144 });
    expect(loadTarget('microbit').memory?.ram).toEqual({ origin: 0x20000000, bytes: 16384 });
  });

  it('suggests the nearest name for an unknown one', () => {
    const [found] = problems(() => loadTarget('cortexm4'));
    expect(found).toMatchObject({
      code: 'E0701',
      message: "there is no target 'cortexm4'",
      hint: "did you mean 'cortex-m4'?",
    });
    expect(problems(() => loadTarget('../package'))[0]?.code).toBe('E0701');
  });

  it('a valid file of its own loads', () => {
    expect(loadText(JSON.stringify(valid)).memory?.ram.origin).toBe(0x20000000);
  });

  it.each([
    [{ isa: ['neon'] }, /^targets\/board\.json: isa\.0: Invalid option/],
    [{ cpu: 4 }, /^targets\/board\.json: cpu: Invalid input: expected string, received number/],
    [{ speed: 4 }, /^targets\/board\.json: Unrecognized key: "speed"/],
    [{ compiler: undefined }, /^targets\/board\.json: compiler: /],
    [{ sources: {} }, /^targets\/board\.json: memory\.code\.origin: this number has no source/],
    [{ sources: { memory: 'x', budget: 'y' } }, /^targets\/board\.json: sources: there is no number at "budget"/],
    [{ cpu: undefined }, /^targets\/board\.json: cpu: needed for the compiler family arm-none-eabi/],
    [
      { memory: { ...valid.memory, ram: { origin: 4, bytes: 1 } } },
      /^targets\/board\.json: memory\.ram\.origin: Invalid input: expected string/,
    ],
  ])('refuses %j with path and field', (change, expected) => {
    expect(messages(change)[0]).toMatch(expected);
  });

  it('refuses what is no JSON', () => {
    expect(problems(() => loadText('{'))[0]?.message).toMatch(/^targets\/board\.json is not JSON: /);
  });
});
