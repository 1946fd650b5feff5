import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DriverReport, verdictOf } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { missingReason } from '../../src/toolchain/tools.js';
import { modelText, Workspace } from './workspace.js';

const equal = (name: string): DriverReport => ({ name, status: 'equal' });
const without = (name: string, skippedFor: 'tool' | 'target'): DriverReport => ({
  name,
  status: 'skipped',
  skippedFor,
});
const failed: DriverReport = { name: 'qemu', status: 'failed', reason: 'crash' };

describe('bit-exact is a network', () => {
  const core = loadTarget('cortex-m4');
  const host = loadTarget('host');

  it('that the core has run, or that host which is the target', () => {
    expect(verdictOf([equal('host'), equal('qemu')], core)).toEqual({
      bitExact: true,
      hostOnly: false,
      outcome: 'fine',
    });
    expect(verdictOf([equal('host')], host)).toEqual({ bitExact: true, hostOnly: false, outcome: 'fine' });
    const standIn = [equal('host'), without('qemu', 'tool'), equal('rp2040js')];
    expect(verdictOf(standIn, loadTarget('cortex-m0'))).toMatchObject({ bitExact: true, outcome: 'fine' });
  });

  it('not when only the host has run instead of the core', () => {
    const noTool = verdictOf([equal('host'), without('qemu', 'tool')], core);
    expect(noTool).toEqual({ bitExact: false, hostOnly: false, outcome: 'tool missing' });
    const named = verdictOf([equal('host'), without('rp2040js', 'target')], core, ['host', 'rp2040js']);
    expect(named).toEqual({ bitExact: false, hostOnly: false, outcome: 'target unsuited' });
  });

  it('on the host alone, when that alone was asked for', () => {
    expect(verdictOf([equal('host')], core, ['host'])).toEqual({ bitExact: true, hostOnly: true, outcome: 'fine' });
    expect(verdictOf([without('host', 'tool')], core, ['host'])).toMatchObject({
      bitExact: false,
      outcome: 'tool missing',
    });
  });

  it('whatever else was asked for; but that has to run', () => {
    const reports = [equal('qemu'), without('rp2040js', 'target')];
    expect(verdictOf(reports, core, ['qemu', 'rp2040js'])).toMatchObject({
      bitExact: true,
      outcome: 'target unsuited',
    });
  });

  it('not when a driver failed, which counts before what is missing', () => {
    const verdict = verdictOf([equal('host'), failed, without('rp2040js', 'tool')], core);
    expect(verdict).toMatchObject({ bitExact: false, outcome: 'different' });
  });
});

const noTools = process.env.CI !== 'true' && missingReason('hostCompiler', 'armCompiler', 'emulator') !== undefined;
describe.skipIf(noTools)('verify', () => {
  const user = new Workspace();
  beforeAll(() => user.fill());
  afterAll(() => user.remove());
  afterEach(() => vi.unstubAllEnvs());
  const verify = (more: string) => user.run(`verify model.ts --weights q.safetensors --random 1 ${more}`);

  it('says what is missing, and exits so, without the emulator', async () => {
    vi.stubEnv('EFFNETC_QEMU', '/nonexistent/qemu');
    const { code, stdout } = await verify('--target cortex-m4');
    expect(code).toBe(3);
    expect(stdout).toMatch(/, NOT shown to be bit-exact; qemu did not run\n$/);
    expect((await verify('--target cortex-m4 --driver host,qemu')).code).toBe(3);
  });

  it('says that a driver cannot run the target', async () => {
    const { code, stdout } = await verify('--driver host,rp2040js --target cortex-m4 --json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      bitExact: false,
      drivers: [{ status: 'equal' }, { status: 'skipped' }],
    });
  });

  it('says so where the host alone was asked for', async () => {
    const { code, stdout } = await verify('--driver host --target cortex-m4');
    expect(code).toBe(0);
    expect(stdout).toContain(', bit-exact in every layer on the host only; the core itself did not run\n');
  });

  it('shows all that is known of a failure', async () => {
    vi.stubEnv('EFFNETC_HOST_CC', '/bin/false');
    const argv = '--driver host --target host';
    const { code, stdout } = await verify(argv);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^host +failed +E08\d\d: /m);
    const { drivers } = JSON.parse((await verify(`${argv} --json`)).stdout);
    expect(drivers[0].reason).toMatch(/^E08\d\d: .*\n(note|help): /);
  });

  it('and profile say of a model too large for its board what compile says', async () => {
    const input = 'height: 16, width: 16, channels: 3, scale: 1 / 255, zeroPoint: -128';
    user.write('fat.ts', modelText("dense(x, { name: 'fc', units: 400 })", { input }));
    for (const command of ['verify', 'profile', 'compile -o out']) {
      const { code, stderr } = await user.run(`${command} fat.ts --random-weights --target microbit`);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error\[E0602\]/);
    }
  });

  it.each(['--random 0', '--random 0 --json'])('refuses to run nothing: %s', async more => {
    const { code, stderr } = await user.run(`verify model.ts --weights q.safetensors --target host ${more}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error\[E0914\]/);
  });
});
