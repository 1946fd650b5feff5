import { describe, expect, it } from 'vitest';
import { sharedOptions } from '../../src/cli/options.js';
import type { RegisterCommand } from '../../src/cli/program.js';
import { fail, InternalError } from '../../src/diagnostics/diagnostic.js';
import { type CaptureOptions, capture } from './capture.js';

const span = { file: 'model.ts', line: 1, column: 5, length: 3 };

/** A command with an argument and options, which does what its argument says. */
const probe: RegisterCommand = (program, shell) => {
  program
    .command('probe')
    .description('a command for tests')
    .argument('<what>', 'what to do')
    .addOption(sharedOptions.random().default(10))
    .addOption(sharedOptions.target())
    .action(
      shell.action<{ random: number; target?: string }, [what: string]>(async (io, options, what) => {
        io.progress.update('probing', 1, 2);
        io.session.addSource('model.ts', 'let bad = 1;');
        if (what === 'warn' || what === 'both') io.session.warning('E0203', 'odd name', { span });
        if (what === 'both') fail('E0202', 'kernel does not fit', { span, hint: 'mend it', notes: ['seen'] });
        if (what === 'gather') io.session.error('E0201', 'first mistake');
        if (what === 'gather') io.session.error('E0202', 'second mistake', { span });
        if (what === 'budget') fail('E0601', 'too large');
        if (what === 'tool') fail('E0801', 'no compiler');
        if (what === 'broken') throw new InternalError('a promise was broken');
        if (what === 'strange') throw 'not even an error';
        return {
          json: { random: options.random, target: options.target },
          text: style => `done ${options.random}${style.pretty ? ' prettily' : ''}\n`,
          exitCode: what === 'unequal' ? 1 : 0,
        };
      }),
    );
};

const run = (argv: string, options: CaptureOptions = {}) =>
  capture(argv === '' ? [] : argv.split(' '), { commands: [probe], ...options });

describe('results', () => {
  it('are text on standard output, and an exit code', async () => {
    expect(await run('probe equal')).toEqual({ code: 0, stdout: 'done 10\n', stderr: '' });
    expect(await run('probe unequal --random 7')).toEqual({ code: 1, stdout: 'done 7\n', stderr: '' });
  });

  it.each(['probe equal --json', '--json probe equal', 'probe --json equal'])('are one JSON object: %s', async argv => {
    expect(await run(argv)).toEqual({ code: 0, stdout: '{\n  "random": 10\n}\n', stderr: '' });
  });

  it('are left out with --quiet, and JSON is not', async () => {
    expect(await run('probe warn --quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(JSON.parse((await run('probe warn --quiet --json')).stdout)).toEqual({ random: 10 });
  });

  it('stand apart from warnings', async () => {
    const { stdout, stderr, code } = await run('probe warn --json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ random: 10 });
    expect(stderr).toMatch(/^warning\[E0203\]: odd name\n {2}--> model.ts:1:5\n/);
  });

  it('show progress on a terminal, and take the line away', async () => {
    expect(await run('probe equal', { tty: true })).toEqual({
      code: 0,
      stdout: 'done 10 prettily\n',
      stderr: '\rprobing  1/2\u001b[K\r\u001b[K',
    });
    expect((await run('probe equal --quiet', { tty: true })).stderr).toBe('');
    expect((await run('probe equal --json', { tty: true })).stderr).toBe('');
    expect((await run('probe equal', { tty: true, env: { TERM: 'dumb' } })).stderr).toBe('');
  });
});

describe('errors', () => {
  it('are rendered with their source on standard error', async () => {
    const { code, stdout, stderr } = await run('probe both');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatchInlineSnapshot(`
      "warning[E0203]: odd name
        --> model.ts:1:5
         |
       1 | let bad = 1;
         |     ^^^
      error[E0202]: kernel does not fit
        --> model.ts:1:5
         |
       1 | let bad = 1;
         |     ^^^
         = note: seen
         = help: mend it
      "
    `);
  });

  it('of a stage come all together, even when a command forgets to stop', async () => {
    const { code, stderr } = await run('probe gather');
    expect(code).toBe(2);
    expect(stderr.match(/^error\[E020[12]\]/gm)).toEqual(['error[E0201]', 'error[E0202]']);
  });

  it('are a JSON object too', async () => {
    const { code, stdout } = await run('probe both --json');
    expect(code).toBe(2);
    expect(stdout).toMatchInlineSnapshot(`
      "{
        "error": {
          "code": "E0202",
          "message": "kernel does not fit",
          "exitCode": 2,
          "diagnostics": [
            {
              "code": "E0203",
              "severity": "warning",
              "message": "odd name",
              "span": {
                "file": "model.ts",
                "line": 1,
                "column": 5,
                "length": 3
              },
              "notes": []
            },
            {
              "code": "E0202",
              "severity": "error",
              "message": "kernel does not fit",
              "span": {
                "file": "model.ts",
                "line": 1,
                "column": 5,
                "length": 3
              },
              "notes": [
                {
                  "message": "seen"
                }
              ],
              "hint": "mend it"
            }
          ]
        }
      }
      "
    `);
  });

  it('hide warnings with --quiet', async () => {
    expect((await run('probe both --quiet')).stderr).toMatch(/^error\[E0202\]/);
  });

  it('over budget end with 1, missing tools with 3', async () => {
    expect((await run('probe budget')).code).toBe(1);
    expect((await run('probe tool')).code).toBe(3);
  });

  it('are coloured on a terminal unless told otherwise', async () => {
    const coloured = (options: CaptureOptions, argv = 'probe both') =>
      run(argv, { tty: true, ...options }).then(({ stderr }) => stderr.includes('\u001b[31m'));
    expect(await coloured({})).toBe(true);
    expect(await coloured({ env: { NO_COLOR: '' } })).toBe(true);
    expect(await coloured({ env: { NO_COLOR: '1' } })).toBe(false);
    expect(await coloured({ tty: false })).toBe(false);
    expect(await coloured({}, 'probe both --no-color')).toBe(false);
  });

  it.each(['broken', 'strange'])('of our own (%s) end with 70, without a stack', async what => {
    const { code, stdout, stderr } = await run(`probe ${what}`);
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
    expect(stderr).toContain(`effnetc 1.2.3; command line: effnetc probe ${what}\n`);
    expect(stderr).not.toMatch(/^\s+at /m);
    const json = JSON.parse((await run(`probe ${what} --json`)).stdout);
    expect(json.error).toMatchObject({ code: 'internal', exitCode: 70 });
  });

  it('of our own show the stack with EFFNETC_DEBUG=1', async () => {
    expect((await run('probe broken', { env: { EFFNETC_DEBUG: '1' } })).stderr).toMatch(/^\s+at .*shell\.test/m);
  });
});

describe('bad usage', () => {
  it.each([
    'prob',
    'frobnicate',
    'probe',
    'probe a b',
    'probe a --randon 3',
    'probe a --frobnicate',
    'probe a --random',
    'probe a --random many',
    'probe a --json=yes',
    'help nonsense',
    'probe a --\u001b[31mx',
  ])('is a diagnostic: effnetc %s', async argv => {
    const { code, stdout, stderr } = await run(argv);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatchSnapshot();
  });

  it('is JSON with --json', async () => {
    const { stdout, code } = await run('probe --json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'E0904',
      exitCode: 2,
      message: expect.stringContaining('what'),
    });
  });

  it('is to name no command: the help goes to standard error', async () => {
    expect(JSON.parse((await run('--json')).stdout).error.message).toBe('no command given');
    const { code, stdout, stderr } = await run('');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: effnetc');
  });
});

describe('help', () => {
  it('goes to standard output', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatchSnapshot();
  });

  it.each(['-h', 'help', '--no-color --help'])('comes with %s too', async argv => {
    expect(await run(argv)).toEqual(await run('--help'));
  });

  it('of a command shows its options and the common ones', async () => {
    expect((await run('probe --help')).stdout).toMatchSnapshot();
  });

  it('of a command comes with `help COMMAND` too', async () => {
    expect(await run('help probe')).toEqual(await run('probe --help'));
  });

  it.each(['--version --json', '--json --version'])('is one JSON object with --json: %s', async argv => {
    expect(await run(argv)).toEqual({ code: 0, stdout: '{\n  "version": "1.2.3"\n}\n', stderr: '' });
  });

  it.each(['--help', 'probe --help', 'help probe'])('is a field of one JSON object with --json: %s', async argv => {
    const { code, stdout, stderr } = await run(`${argv} --json`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(`${JSON.parse(stdout).help}\n`).toBe((await run(argv)).stdout);
  });

  it('--version prints the version alone', async () => {
    expect(await run('--version')).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' });
  });
});
