import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SetupError } from '../../src/setup/report.mjs';
import { ensureTools } from '../../src/setup/toolchain.mjs';
import { packagesOf, tools } from '../../src/setup/tools.mjs';
import { FakeMachine } from './fake-machine.mjs';

const all = Object.values(tools);
const ordinaryUser = 1000;

/** @type {FakeMachine} */
let machine;
beforeEach(() => {
  machine = new FakeMachine();
});
afterEach(() => machine.remove());

/**
 * @param {number} userId
 * @param {NodeJS.ProcessEnv} [env]
 */
const ensure = (userId, env = {}) =>
  ensureTools({ env: { ...machine.env, ...env }, userId, report: machine.report }, all).map(tool => tool.name);

const installCalls = () => machine.calls.filter(call => /^apt-get (update|install)/.test(call));

describe('tools', () => {
  it('says and installs nothing when all are there', () => {
    machine.withApt();
    for (const tool of all) machine.program(tool.name, 'exit 0');
    expect(ensure(0)).toEqual([]);
    expect(machine.said).toBe('');
    expect(installCalls()).toEqual([]);
  });

  it('are installed by apt for root, without a prompt, recommended packages left out', () => {
    machine.withApt().program('clang', 'exit 0');
    expect(ensure(0)).toEqual([]);
    expect(machine.said).toMatchInlineSnapshot(
      `
      "these packages of the system are missing and will be installed as root:
          gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm gcc libc6-dev chromium
        by: env DEBIAN_FRONTEND=noninteractive apt-get update; env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm gcc libc6-dev chromium
        EFFNETC_NO_INSTALL=1 goes on without them.
      installing gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm gcc libc6-dev chromium with apt-get (some minutes) ... done"
    `,
    );
    expect(installCalls()).toEqual([
      'apt-get update -q',
      'apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 ' +
        'gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm gcc libc6-dev chromium',
    ]);
  });

  it('are announced before: which packages, by which command, as whom, and how to go on without', () => {
    machine.withApt().program('clang', 'exit 0');
    /** @type {string[]} */
    const before = [];
    const pause = () => before.push(machine.said);
    ensureTools({ env: machine.env, userId: 0, report: machine.report, pause }, all);
    expect(before).toHaveLength(1);
    expect(before[0]).toContain('installed as root');
    expect(before[0]).toContain('gcc-arm-none-eabi');
    expect(before[0]).toContain('apt-get install -y');
    expect(before[0]).toContain('EFFNETC_NO_INSTALL=1');
    expect(before[0]).toContain('five seconds');
  });

  it('are installed through sudo when it asks for no password', () => {
    machine.withApt().program('sudo', '[ "$1" = -n ] || exit 9\nshift\ncase "$1" in true) exit 0;; esac\nexec "$@"');
    expect(ensure(ordinaryUser)).toEqual([]);
    expect(machine.calls).toContain('sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update -q');
  });

  it('are named with their purpose and the line to type when sudo wants a password', () => {
    machine.withApt().program('sudo', 'exit 1').program('gcc', 'exit 0');
    expect(ensure(ordinaryUser)).toEqual(['arm-none-eabi-gcc', 'qemu-system-arm', 'clang', 'chromium']);
    expect(installCalls()).toEqual([]);
    expect(machine.said).toMatchInlineSnapshot(`
      "these tools are missing, and they cannot be installed from here without a password (no apt-get, or neither root nor sudo -n):
          arm-none-eabi-gcc  needed to build firmware for Cortex-M
          qemu-system-arm    needed to run the firmware in emulation
          clang              needed to check that a second compiler has no warnings about the generated C
          chromium           needed to test the page of \`effnetc report\` in a real browser
        On Debian and Ubuntu this line installs them:
          sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm clang chromium"
    `);
  });

  it('that do not work although they are there count as missing', () => {
    machine.program('gcc', 'exit 1');
    expect(ensure(0)).toContain('gcc');
  });

  it('missing in CI end the run', () => {
    expect(() => ensure(0, { CI: 'true' })).toThrow(SetupError);
  });

  it('are not installed where EFFNETC_NO_INSTALL forbids it', () => {
    machine.withApt();
    expect(ensure(0, { EFFNETC_NO_INSTALL: '1' })).toHaveLength(5);
    expect(installCalls()).toEqual([]);
  });

  it('show the end of the log when apt fails', () => {
    machine
      .withApt()
      .program('apt-get', '[ "$1" = install ] || exit 0\necho "E: Unable to locate package clang"; exit 100');
    expect(ensure(0)).toHaveLength(5);
    expect(machine.said).toContain('with apt-get (some minutes) ... failed');
    expect(machine.said).toContain('apt-get failed:\n    E: Unable to locate package clang');
  });

  it('are installed one by one when one package does not exist', () => {
    const install = machine.withApt();
    install.program('env', 'shift\ncase "$*" in *chromium*) exit 100;; esac\nexec "$@"');
    machine.program('clang', 'exit 0');
    expect(ensure(0)).toEqual(['chromium']);
  });

  it('are there under another name, as browsers are', () => {
    machine.program('google-chrome', 'exit 0');
    expect(ensure(0)).not.toContain('chromium');
  });

  it('are still asked of apt when its update fails', () => {
    const install = machine.withApt();
    install.program('env', 'shift\n[ "$2" = update ] && exit 100\nexec "$@"');
    expect(ensure(0)).toEqual([]);
  });
});

describe('packagesOf', () => {
  it('names the packages that give a complete toolchain without recommended ones', () => {
    expect(packagesOf(all)).toEqual([
      'gcc-arm-none-eabi',
      'libnewlib-arm-none-eabi',
      'qemu-system-arm',
      'gcc',
      'libc6-dev',
      'clang',
      'chromium',
    ]);
  });
});
