import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { withBuildDirectory } from '../../src/toolchain/build-directory.js';
import { inParallel, runProcess } from '../../src/toolchain/process.js';
import { parseSections, parseWeights } from '../../src/toolchain/sizes.js';
import { findTool, missingReason, requireTool, toolVersion } from '../../src/toolchain/tools.js';
import { toyFirmware } from '../emulation/firmware.js';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const node = (script: string, timeoutMs = 20_000) =>
  runProcess(process.execPath, ['-e', script], { cwd: '.', timeoutMs });

describe('tools', () => {
  it('a missing one is a diagnostic with the line that installs it', () => {
    vi.stubEnv('PATH', '/nowhere');
    vi.stubEnv('EFFNETC_QEMU', '');
    expect(findTool('emulator')).toBeUndefined();
    let found: unknown;
    try {
      requireTool('emulator');
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(CompileError);
    expect(found).toMatchObject({
      diagnostics: [
        {
          code: 'E0801',
          message: 'qemu-system-arm was not found; it is needed to run the firmware in emulation',
          hint: 'install it: sudo apt-get update && sudo apt-get install -y --no-install-recommends qemu-system-arm; or set EFFNETC_QEMU to its path',
        },
      ],
    });
  });

  it('a missing one makes a driver unavailable, with the reason', () => {
    vi.stubEnv('EFFNETC_QEMU', '/nowhere/qemu');
    vi.stubEnv('EFFNETC_ARM_GCC', process.execPath);
    expect(qemuDriver.unavailable(toyFirmware('cortex-m4'))).toBe(
      'EFFNETC_QEMU names "/nowhere/qemu", which is no program that can be run; unset EFFNETC_QEMU, or set it to the path of qemu-system-arm',
    );
  });

  it('the environment names another program', async () => {
    vi.stubEnv('EFFNETC_HOST_CC', process.execPath);
    expect(missingReason('hostCompiler')).toBeUndefined();
    const tool = requireTool('hostCompiler');
    expect(tool.path).toBe(process.execPath);
    expect(await toolVersion(tool)).toBe(process.versions.node);
  });
});

describe('runProcess', () => {
  it('gives exit code and output', async () => {
    const run = await node('console.log("out"); console.error("err"); process.exit(7)');
    expect(run).toEqual({ outcome: { kind: 'exited', code: 7 }, stdout: 'out\n', stderr: 'err\n' });
  });

  it('keeps a bounded part of the output, and does not block the program', async () => {
    const run = await node('process.stdout.write("x".repeat(5_000_000))');
    expect(run.outcome).toEqual({ kind: 'exited', code: 0 });
    expect(run.stdout).toHaveLength(65536);
  });

  it('says when there is no such program, and when a signal ended it', async () => {
    const missing = await runProcess('/nowhere/tool', [], { cwd: '.', timeoutMs: 1000 });
    expect(missing.outcome).toEqual({ kind: 'not-started', reason: 'spawn /nowhere/tool ENOENT' });
    expect((await node('process.abort()')).outcome).toEqual({ kind: 'killed', signal: 'SIGABRT' });
  });

  it('stops a program that makes no progress, and only that', async () => {
    expect((await node('setInterval(() => {}, 1000)', 300)).outcome).toEqual({ kind: 'timed-out', afterMs: 300 });
    let steps = 0;
    const run = await runProcess(process.execPath, ['-e', 'setTimeout(() => {}, 1200)'], {
      cwd: '.',
      timeoutMs: 600,
      progress: () => steps++,
    });
    expect(run.outcome).toEqual({ kind: 'exited', code: 0 });
  });
});

describe('inParallel', () => {
  it('keeps to its limit and to the order', async () => {
    let running = 0;
    let most = 0;
    const job = (i: number) => async () => {
      most = Math.max(most, ++running);
      await new Promise(resolve => setTimeout(resolve, 5 * (3 - (i % 3))));
      running--;
      return i;
    };
    expect(await inParallel(2, [0, 1, 2, 3, 4].map(job))).toEqual([0, 1, 2, 3, 4]);
    expect(most).toBe(2);
  });

  it('ends with the error of a job when all have stopped', async () => {
    let done = false;
    const slow = async () => {
      await new Promise(resolve => setTimeout(resolve, 30));
      done = true;
    };
    await expect(inParallel(2, [() => Promise.reject(new Error('broken')), slow])).rejects.toThrow('broken');
    expect(done).toBe(true);
  });
});

describe('withBuildDirectory', () => {
  it('removes the directory, also after an error', async () => {
    let seen = '';
    const action = withBuildDirectory(async directory => {
      seen = directory;
      expect(readdirSync(directory)).toEqual([]);
      throw new Error('broken');
    });
    await expect(action).rejects.toThrow('broken');
    expect(existsSync(seen)).toBe(false);
  });

  it('keeps it when EFFNETC_KEEP_BUILD asks for it, and says where', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'effnetc-test-'));
    vi.stubEnv('TMPDIR', parent);
    vi.stubEnv('EFFNETC_KEEP_BUILD', '1');
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const directory = await withBuildDirectory(async d => d);
    expect(existsSync(directory)).toBe(true);
    expect(written).toHaveBeenCalledWith(`effnetc: the build stays in ${directory}\n`);
    rmSync(parent, { recursive: true });
  });
});

describe('sizes', () => {
  it('reads the sections of size -A', () => {
    const text =
      'sizes.elf  :\nsection     size   addr\n.text       1234      0\n.bss          24   1400\nTotal       1258\n';
    expect(parseSections(text)).toEqual(
      new Map([
        ['.text', 1234],
        ['.bss', 24],
      ]),
    );
  });

  it('adds up the symbols of nm -S that are weights', () => {
    const text =
      '00000000 00000040 T weights\n00000100 00000012 R net_l00_weights\n00000120 00000100 r l01_weights\n00000220 00000008 b x_weights\n00000228 00000004 R l01_weights_sum\n';
    expect(parseWeights(text)).toBe(0x112);
  });
});
