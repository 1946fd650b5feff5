import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { registerPaper } from '../../src/cli/commands/paper.js';
import type { PaperRow } from '../../src/cli/paper/measure.js';
import { paperNetworks } from '../../src/cli/paper/networks.js';
import { exactness, paperTable } from '../../src/cli/paper/table.js';
import { packageRoot } from '../../src/package-root.js';
import { capture } from './capture.js';

const examples = join(packageRoot(), 'examples');

describe('the networks of npm run paper', () => {
  it('are all files of examples/paper, and the trained EffNet', () => {
    const files = readdirSync(join(examples, 'paper')).filter(file => file.endsWith('.ts'));
    const listed = paperNetworks.map(({ file }) => file);
    expect([...listed].sort()).toEqual(['effnet-cifar10/model.ts', ...files.map(file => `paper/${file}`)].sort());
    expect(listed.every(file => existsSync(join(examples, file)))).toBe(true);
  });

  it('are told apart by title and data', () => {
    const names = paperNetworks.map(({ title, data }) => `${title} ${data}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

const [network] = paperNetworks;
const verdict = { bitExact: true, hostOnly: false, outcome: 'fine' } as const;
const row: PaperRow = {
  network,
  macs: 39_559_168,
  weightBytes: 411_328,
  arena: 10_280,
  arenaByLayers: 81_920,
  ram: 14_000,
  flash: 420_000,
  instructions: 60_000_000,
  tooLarge: false,
  reports: [{ name: 'qemu', status: 'equal' }],
  verdict,
};

describe('the table', () => {
  it('has a line per network, and says which weights are random', () => {
    const style = { colour: false, pretty: false, columns: 80 };
    const text = paperTable([row], 'cortex-m4', 7, style);
    expect(text).toMatch(
      /^Baseline +CIFAR-10 +random +39,559,168 +411,328 +10,280 +81,920 +14,000 +420,000 +60,000,000 +yes$/m,
    );
    expect(text).toContain('seed 7: these networks are not trained');
    const without = paperTable([{ ...row, ram: undefined, instructions: undefined }], 'cortex-m4', 7, style);
    expect(without).toMatch(/81,920 +- +420,000 +- +yes$/m);
  });

  it('says whether a network is bit-exact, or why nobody knows', () => {
    expect(exactness(row)).toBe('yes');
    expect(exactness({ ...row, tooLarge: true })).toBe('on the host; too large for the board');
    const reports = [{ name: 'qemu', status: 'skipped', reason: 'no QEMU\nmore' } as const];
    const missing = { bitExact: false, hostOnly: false, outcome: 'tool missing' } as const;
    expect(exactness({ ...row, reports, verdict: missing })).toBe('no QEMU');
    const wrong = { ...missing, outcome: 'different' } as const;
    expect(exactness({ ...row, reports: [{ name: 'qemu', status: 'different' }], verdict: wrong })).toBe('NO');
    const failed = [{ name: 'qemu', status: 'failed', reason: 'E0806: it took too long\nhelp: wait' } as const];
    expect(exactness({ ...row, reports: failed, verdict: wrong })).toBe('E0806: it took too long');
  });
});

it('a word that no network has is refused', async () => {
  const { code, stderr } = await capture(['paper', 'resnet50'], { commands: [registerPaper] });
  expect(code).toBe(2);
  expect(stderr).toContain('no network is called resnet50');
});
