import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';
import { needsTool } from '../emulation/tools.js';
import { capture } from './capture.js';

const here = needsTool('arm-none-eabi-gcc') && needsTool('qemu-system-arm') && needsTool('gcc');
const model = join(packageRoot(), 'examples', 'tiny', 'model.ts');

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'effnetc-counts-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (target: string, ...more: readonly string[]) =>
  capture(['profile', model, '--random-weights', '--target', target, ...more], { cwd });

const classes = z.record(z.string(), z.int().positive());
const cycles = z.strictObject({ total: z.int(), low: z.number(), high: z.number(), perMac: z.number().nullable() });
const flash = z.strictObject({ code: z.int(), weights: z.int(), tables: z.int() });
const counted = z.strictObject({ instructions: z.int(), classes });

/** What docs and scripts rely on: the fields of docs/profiling.md, and those that counts add. */
const profileJson = z.object({
  model: z.string(),
  target: z.string(),
  rounding: z.string(),
  instructions: z.int(),
  macs: z.int(),
  ram: z.object({ arena: z.int(), input: z.int(), output: z.int(), stack: z.int(), total: z.int() }),
  flash: flash.extend({ total: z.int() }),
  counts: z.strictObject({
    classes,
    driver: counted.extend({ estimatedCycles: cycles }),
    functions: z.array(z.strictObject({ name: z.string(), instructions: z.int() })),
  }),
  estimatedCycles: cycles.extend({
    table: z.string(),
    basis: z.enum(['documented', 'approximation']),
    document: z.string(),
    assumes: z.array(z.string()),
  }),
  layers: z.array(
    z.strictObject({
      name: z.string(),
      op: z.string(),
      macs: z.int(),
      instructions: z.int(),
      source: z.string().optional(),
      flash,
      counts: counted,
      estimatedCycles: cycles,
    }),
  ),
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe.skipIf(!here)('profile', () => {
  it('--json has counts by class and function, cycles as an estimate, and the flash of each layer', async () => {
    const { code, stdout } = await run('cortex-m4', '--json');
    expect(code).toBe(0);
    const report = profileJson.parse(JSON.parse(stdout));
    const { counts, layers, estimatedCycles } = report;
    expect(sum(Object.values(counts.classes))).toBe(report.instructions);
    expect(sum(counts.functions.map(f => f.instructions))).toBe(report.instructions);
    expect(sum(layers.map(l => l.counts.instructions)) + counts.driver.instructions).toBe(report.instructions);
    expect(estimatedCycles).toMatchObject({ table: 'Cortex-M4 TRM, table 3-1', basis: 'documented' });
    expect(estimatedCycles.assumes[0]).toMatch(/^memory without wait states/);
    expect(estimatedCycles.perMac).toBeCloseTo(estimatedCycles.total / report.macs, 3);
    expect(sum(layers.map(l => l.flash.weights))).toBe(report.flash.weights);
    expect(sum(layers.map(l => l.flash.tables))).toBeLessThanOrEqual(report.flash.tables);
    for (const { macs, estimatedCycles: ofLayer } of layers) expect(ofLayer.perMac === null).toBe(macs === 0);
  });

  it('prints them: tables, what the estimate assumes, helpers', async () => {
    const { stdout } = await run('cortex-m0');
    expect(stdout).toMatch(/^layer +op +MACs +instructions +per MAC +est\. cycles +per MAC +from$/m);
    expect(stdout).toMatch(/^layer +code B +weights B +tables B +load % +store % +mul % +ALU % +taken % +not taken %/m);
    expect(stdout).toMatch(/^cycles [\d,]+ \(estimate, [\d.]+ per MAC\), after "Cortex-M0 TRM, table 3-1"$/m);
    expect(stdout).toMatch(/^ {7}assumes memory without wait states/m);
    expect(stdout).toMatch(/^besides layers: .*\brun [\d,]+/m);
  });

  it('--no-counts leaves them out, and the rest as it is', async () => {
    const { stdout } = await run('cortex-m4', '--no-counts', '--json');
    const report: unknown = JSON.parse(stdout);
    expect(report).toMatchObject({ counts: null, countsSkipped: 'nobody asked for them', estimatedCycles: null });
    const [layer] = z.object({ layers: z.array(z.looseObject({ flash })) }).parse(report).layers;
    expect(Object.keys(layer).sort()).toEqual(['flash', 'instructions', 'macs', 'name', 'op', 'source']);
    const text = (await run('cortex-m4', '--no-counts')).stdout;
    expect(text).toMatch(/^layer +op +MACs +instructions +per MAC +from$/m);
    expect(text).toMatch(/^cycles no estimate, and no kinds of instructions: nobody asked for them$/m);
  });
});
