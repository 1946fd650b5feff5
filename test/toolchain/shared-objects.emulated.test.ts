import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withBuildDirectory } from '../../src/toolchain/build-directory.js';
import { type BuildMode, buildFirmware } from '../../src/toolchain/build-firmware.js';
import { failureOf, toyFirmware } from '../emulation/firmware.js';
import { needsTool } from '../emulation/tools.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'effnetc-shared-'));
  // A compiler that writes down what it is asked for, and that can be broken for one file.
  const compiler = join(directory, 'cc');
  const fails = 'test -e "$0.broken" && case "$*" in *" harness/port_host.c "*) exit 1;; esac';
  writeFileSync(compiler, `#!/bin/sh\necho "$@" >> "$0.log"\n${fails}\nexec gcc "$@"\n`);
  chmodSync(compiler, 0o755);
  vi.stubEnv('EFFNETC_HOST_CC', compiler);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const build = (mode: BuildMode, inputBytes = 24) =>
  withBuildDirectory(async where => {
    const firmware = { ...toyFirmware('host'), inputBytes };
    await buildFirmware(firmware, { mode, platform: { kind: 'host' }, sanitize: true }, where);
    return existsSync(join(where, 'firmware.elf'));
  });

/** C files compiled, without directories. */
const compiled = (): string[] =>
  [...readFileSync(join(directory, 'cc.log'), 'utf8').matchAll(/ -c \w+\/(\w+\.c) /g)].map(([, name]) => name).sort();

describe.skipIf(!needsTool('gcc'))('objects of the harness that no model changes', () => {
  it('are compiled once for all builds, whatever the model', async () => {
    expect(await build('run')).toBe(true);
    expect(await build('run', 48)).toBe(true);
    const ofTheModel = ['buffers.c', 'toy.c', 'toy_weights.c'];
    expect(compiled()).toEqual([...ofTheModel, ...ofTheModel, 'harness.c', 'port_host.c'].sort());
  });

  it('are compiled anew with other arguments', async () => {
    await build('run');
    await build('trace');
    expect(compiled().filter(name => name === 'harness.c')).toHaveLength(2);
  });

  it('are not kept when they could not be made', async () => {
    const broken = join(directory, 'cc.broken');
    writeFileSync(broken, '');
    expect((await failureOf(build('run'))).code).toBe('E0802');
    rmSync(broken);
    expect(await build('run')).toBe(true);
  });
});
