import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNode } from '../../src/cli/doctor/check-tools.js';
import { findTool } from '../../src/toolchain/tools.js';
import { capture } from './capture.js';

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'effnetc-bin-'));
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

/** A program of this name on the PATH of the test. */
function fake(name: string, body: string): void {
  const file = join(bin, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

/** What follows -o. */
const output = 'out=; for word; do [ "$prev" = -o ] && out=$word; prev=$word; done';
const versioned = (version: string, body: string) => `[ "$1" = --version ] && { echo "${version}"; exit 0; }\n${body}`;
/** A compiler whose programs end with this code. */
const compiler = (exitCode: number) =>
  versioned(
    'cc (Debian 9.9) 12.2.1',
    `${output}\nprintf '#!/bin/sh\\nexit ${exitCode}\\n' > "$out"; /bin/chmod +x "$out"`,
  );

async function doctor(...flags: string[]) {
  const { code, stdout } = await capture(['doctor', '--json', ...flags], { env: { PATH: bin } });
  const { ok, checks }: { ok: boolean; checks: { name: string }[] } = JSON.parse(stdout);
  return { code, ok, tool: (name: string) => checks.find(check => check.name === name) };
}

describe('effnetc doctor', () => {
  it('says for each missing tool what it is for and how to install it', async () => {
    const { code, stdout, stderr } = await capture(['doctor'], { env: { PATH: bin } });
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout.replace(/^ok .*\n/m, '')).toMatchInlineSnapshot(`
      "status              tool               version  path
      missing             arm-none-eabi-gcc  -        -
      missing             qemu-system-arm    -        -
      missing             gcc                -        -
      missing (optional)  clang              -        -
      missing (optional)  chromium           -        -

      arm-none-eabi-gcc is needed to build firmware for Cortex-M.
        sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc-arm-none-eabi libnewlib-arm-none-eabi

      qemu-system-arm is needed to run the firmware in emulation.
        sudo apt-get update && sudo apt-get install -y --no-install-recommends qemu-system-arm

      gcc is needed to check the generated C on this machine under ASan and UBSan.
        sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc libc6-dev

      clang is needed to check that a second compiler has no warnings about the generated C.
        sudo apt-get update && sudo apt-get install -y --no-install-recommends clang

      chromium is needed to test the page of \`effnetc report\` in a real browser.
        sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium

      Something that is needed is missing or does not work.
      "
    `);
  });

  it('is content when the main path works, the optional compiler missing', async () => {
    fake('arm-none-eabi-gcc', compiler(42));
    fake('qemu-system-arm', versioned('QEMU emulator version 7.2.22 (Debian 1:7.2)', 'exit 42'));
    fake('gcc', compiler(42));
    const { code, ok, tool } = await doctor();
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(tool('arm-none-eabi-gcc')).toMatchObject({
      status: 'ok',
      version: '12.2.1',
      path: join(bin, 'arm-none-eabi-gcc'),
    });
    expect(tool('qemu-system-arm')).toMatchObject({ status: 'ok', version: '7.2.22' });
    expect(tool('clang')).toMatchObject({ status: 'missing', required: false });
  });

  it('does not trust a compiler whose program does not run', async () => {
    fake('gcc', compiler(1));
    const { code, tool } = await doctor();
    expect(code).toBe(3);
    expect(tool('gcc')).toMatchObject({ status: 'broken', problem: 'a trivial program does not run: exit code 1' });
  });

  it('shows the first line of what a compiler without headers says', async () => {
    fake('arm-none-eabi-gcc', versioned('12.2.1', 'echo "fatal error: string.h: No such file"; echo more; exit 1'));
    expect((await doctor()).tool('arm-none-eabi-gcc')).toMatchObject({
      status: 'broken',
      problem: expect.stringMatching(/^cannot build a trivial program for \S+: fatal error: string.h: No such file$/),
    });
  });

  it('names the targets whose board the emulator lacks', async () => {
    fake('arm-none-eabi-gcc', compiler(42));
    fake(
      'qemu-system-arm',
      versioned(
        'QEMU emulator version 6.0.0',
        '[ "$2" = mps3-an547 ] && { echo unsupported machine; exit 1; }; exit 42',
      ),
    );
    expect((await doctor()).tool('qemu-system-arm')).toMatchObject({
      status: 'broken',
      problem: 'a trivial program does not run on cortex-m55 (unsupported machine), mps3-an547 (unsupported machine)',
    });
  });

  it('knows a file that cannot be run', async () => {
    fake('gcc', 'exit 127');
    expect((await doctor()).tool('gcc')).toMatchObject({
      status: 'broken',
      problem: '--version failed: exit code 127',
    });
  });

  it('looks where a variable points, as the other commands do', async () => {
    fake('my-gcc', compiler(42));
    const env = { PATH: '', EFFNETC_HOST_CC: join(bin, 'my-gcc'), EFFNETC_QEMU: '/nowhere/qemu' };
    const { stdout } = await capture(['doctor', '--json'], { env });
    const { checks } = JSON.parse(stdout);
    expect(checks).toContainEqual(expect.objectContaining({ name: 'gcc', status: 'ok', path: join(bin, 'my-gcc') }));
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: 'qemu-system-arm',
        status: 'missing',
        problem: 'EFFNETC_QEMU names "/nowhere/qemu", which is no program that can be run',
      }),
    );
  });

  const absent = (['armCompiler', 'emulator', 'hostCompiler'] as const).filter(name => findTool(name) === undefined);
  it.skipIf(absent.length > 0)(
    `works with the real tools${absent.length > 0 ? `: missing ${absent}` : ''}`,
    async () => {
      const { code, stdout } = await capture(['doctor'], { env: { PATH: process.env.PATH ?? '' } });
      expect(stdout).toContain('All that is needed to compile, verify and profile works.');
      expect(code).toBe(0);
    },
  );
});

describe('checkNode', () => {
  it('wants Node 20', () => {
    expect(checkNode('20.0.0', 'node').status).toBe('ok');
    expect(checkNode('18.20.1', 'node')).toMatchObject({ status: 'broken', problem: 'version 18.20.1 is too old' });
  });
});
