import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import type { LayerCount } from '../../src/run/profile.js';
import { type CostTable, loadCosts } from '../../src/select/load-costs.js';
import { loadTarget } from '../../src/target/load-target.js';
import { requireTool, toolVersion } from '../../src/toolchain/tools.js';
import { fitFamilies, type Observation, observe } from './measure.js';
import { calibrationCases, calibrationNetwork } from './networks.js';

/** `npm run calibrate-costs -- cortex-m4 ...`: targets whose kernels are counted; then targets/costs/CPU.json is written. */
const wanted = process.env.EFFNETC_CALIBRATE?.split(' ').filter(name => name !== '');
/** A directory for what was counted: where it is there, constants are fitted again without emulation. */
const kept = process.env.EFFNETC_CALIBRATE_KEEP;

describe.skipIf(wanted === undefined)('calibration of the cost model', () => {
  it.each(wanted ?? [])('%s', async name => calibrate(name), 2 * 3_600_000);
});

async function calibrate(name: string): Promise<void> {
  const target = loadTarget(name);
  const file = join(packageRoot(), 'targets', 'costs', `${target.cpu}.json`);
  const known = new Map<string, LayerCount>(readKept(name));
  const observations: Observation[] = [];
  for (const { group, rounding } of calibrationCases) {
    const loaded = await calibrationNetwork(group, rounding);
    observations.push(...(await observe(loaded, target, known, `${group} ${rounding}`)));
    if (kept !== undefined) writeFileSync(join(kept, `${name}.raw.json`), JSON.stringify([...known]));
  }
  const table: CostTable = {
    core: target.description,
    measured: {
      command: `npm run calibrate-costs -- ${name}`,
      compiler: await describeTool('armCompiler'),
      emulator: await describeTool('emulator'),
      layers: observations.length,
    },
    families: fitFamilies(observations),
  };
  mkdirSync(join(packageRoot(), 'targets', 'costs'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
  loadCosts(target.cpu);
}

function readKept(name: string): [string, LayerCount][] {
  const file = kept === undefined ? undefined : join(kept, `${name}.raw.json`);
  return file === undefined || !existsSync(file) ? [] : JSON.parse(readFileSync(file, 'utf8'));
}

async function describeTool(name: 'armCompiler' | 'emulator'): Promise<string> {
  const tool = requireTool(name);
  return `${tool.program} ${await toolVersion(tool)}`;
}
