import Table from 'cli-table3';
import { afterAll, describe, expect, it } from 'vitest';
import { compileModel, type LoadedModel } from '../../src/pipeline/index.js';
import { profileReport } from '../../src/report/profile-report.js';
import { profileFirmware } from '../../src/run/profile.js';
import { loadTarget } from '../../src/target/load-target.js';
import { needsTool } from '../emulation/tools.js';
import { appendRow, newest, type Row, readHistory } from './history.js';
import { benchmarks } from './models.js';

/** `EFFNETC_BENCH="why" npm run bench` adds a row for every target whose figures changed, with these words. */
const why = process.env.EFFNETC_BENCH;
const quantities = ['instructions', 'flash', 'ram', 'arena', 'stack'] as const;
/** Growth that a new row must explain. */
const mostGrowth = 1.01;

const measured = new Map<string, Row>();
/** Cycles per multiply-accumulate, estimated; where the plugin could be built and there is a timing table. */
const estimates = new Map<string, number | undefined>();

describe.skipIf(!needsTool('arm-none-eabi-gcc') || !needsTool('qemu-system-arm'))('what one inference needs', () => {
  describe.each(benchmarks)('$file', ({ file, targets, load }) => {
    let loaded: Promise<LoadedModel> | undefined;
    it.each(targets)(
      '%s: no more than its newest row says',
      async target => {
        loaded ??= load();
        const compiled = compileModel(await loaded, loadTarget(target), '0.0.0');
        const profile = profileReport(compiled, await profileFirmware(compiled.firmware, { counts: true }));
        const { instructions, flash, ram } = profile;
        estimates.set(`${file} ${target}`, profile.estimatedCycles?.perMac ?? undefined);
        const now = { target, instructions, flash: flash.total, ram: ram.total, arena: ram.arena, stack: ram.stack };
        const row = newest(readHistory(file), target);
        measured.set(`${file} ${target}`, { date: today(), why: why ?? 'measured just now', ...now });
        if (why !== undefined) {
          if (row === undefined || quantities.some(q => row[q] !== now[q])) {
            appendRow(file, { date: today(), why, ...now });
          }
          return;
        }
        expect(row, `test/bench/${file}.json has no row for ${target}`).toBeDefined();
        for (const quantity of quantities) {
          expect(
            now[quantity],
            `${quantity}; if that is wanted, EFFNETC_BENCH="why" npm run bench`,
          ).toBeLessThanOrEqual(Math.floor((row?.[quantity] ?? 0) * mostGrowth));
        }
      },
      300_000,
    );
  });

  afterAll(() => console.log(table()));
});

const today = (): string => new Date().toISOString().slice(0, 10);

const barWidth = 24;

/** Each target with what others need there. */
function table(): string {
  const rows = new Table({
    head: ['model', 'target', 'by', 'instructions', '', '', 'flash B', 'RAM B', 'cycles/MAC'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'left', 'right', 'right', 'right'],
  });
  for (const { file, targets } of benchmarks) {
    const { model, baselines, published = [] } = readHistory(file);
    for (const target of targets) {
      const own = measured.get(`${file} ${target}`);
      const all = [
        ...baselines.filter(b => b.target === target),
        ...(own === undefined ? [] : [{ by: 'effnetc', ...own }]),
      ];
      const most = Math.max(...all.map(({ instructions }) => instructions));
      for (const { by, instructions, flash, ram } of all) {
        const share = own === undefined || by === 'effnetc' ? '' : `${(instructions / own.instructions).toFixed(2)} x`;
        const bar = '#'.repeat(Math.max(1, Math.round((barWidth * instructions) / most)));
        const estimate = by === 'effnetc' ? estimates.get(`${file} ${target}`) : undefined;
        const cycles = estimate === undefined ? '' : `${estimate.toFixed(2)} estimate`;
        rows.push([model, target, by, instructions.toLocaleString('en'), share, bar, flash, ram, cycles]);
      }
      for (const { by, cyclesPerMac } of published.filter(p => p.target === target)) {
        rows.push([model, target, by, '', '', '', '', '', `${cyclesPerMac.toFixed(2)} published`]);
      }
    }
  }
  return (
    `${rows.toString()}\nInstructions are executed ones, not cycles. RAM has input, output and stack in it. Estimated ` +
    'cycles: after the tables in targets/timing, memory without wait states. Published ones: measured on hardware.'
  );
}
