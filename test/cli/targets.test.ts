import { describe, expect, it } from 'vitest';
import { listTargets } from '../../src/target/load-target.js';
import { capture } from './capture.js';

describe('effnetc targets', () => {
  it('lists every target in one line each', async () => {
    const { code, stdout, stderr } = await capture(['targets']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [titles, ...rows] = stdout.trimEnd().split('\n');
    expect(titles).toMatch(/^target +cpu +isa +emulator +RAM +flash +description$/);
    expect(rows.map(row => row.split(' ')[0])).toEqual(listTargets());
    expect(rows).toContainEqual(
      expect.stringMatching(/^microbit +cortex-m0 +thumb1 +qemu, rp2040js +16,384 B +262,144 B +BBC micro:bit/),
    );
  });

  it('gives names, budgets and emulators as JSON', async () => {
    const { targets } = JSON.parse((await capture(['targets', '--json'])).stdout);
    expect(targets.map((target: { name: string }) => target.name)).toEqual(listTargets());
    expect(targets).toContainEqual({
      name: 'microbit',
      description: expect.any(String),
      cpu: 'cortex-m0',
      isa: ['thumb1'],
      emulators: [{ name: 'qemu', machine: 'microbit' }, { name: 'rp2040js' }],
      budget: { ram: 16384, flash: 262144 },
    });
    expect(targets).toContainEqual(expect.objectContaining({ name: 'host', cpu: null, emulators: [], budget: null }));
  });

  it('is a list that was asked for: --quiet keeps it', async () => {
    expect((await capture(['targets', '--quiet'])).stdout).toBe((await capture(['targets'])).stdout);
  });

  it.each([80, 110, 200])('fits a terminal of %i columns', async columns => {
    const { stdout } = await capture(['targets'], { tty: true, columns, env: { NO_COLOR: '1' } });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    expect(stdout.includes('description')).toBe(columns > 80);
  });
});
