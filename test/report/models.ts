import { join } from 'node:path';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { type CompiledModel, compileModel, type LoadedModel, randomModel } from '../../src/pipeline/index.js';
import type { Measurement } from '../../src/report/measure.js';
import type { InstructionCounts, PartCounts } from '../../src/run/instruction-counts.js';
import { loadTarget } from '../../src/target/load-target.js';
import { loadTiming } from '../../src/timing/table.js';

export interface Example {
  readonly loaded: LoadedModel;
  readonly compiled: CompiledModel;
}

/** An example below `examples/`, compiled with random weights. */
export async function example(file: string, target = 'cortex-m4', consumeInput = false): Promise<Example> {
  const loaded = await randomModel(join(packageRoot(), 'examples', file), { seed: 1 }, new Session());
  return { loaded, compiled: compileModel(loaded, loadTarget(target), '1.2.3', { consumeInput }) };
}

/** Figures as a run would give them, made up: a thousand instructions for each layer, and ten for the loop. */
export function madeUp({ plan }: CompiledModel): Measurement {
  const layerInstructions = plan.layers.map((_, layer) => 1000 * (layer + 1));
  return {
    kind: 'measured',
    profile: {
      instructions: layerInstructions.reduce((a, b) => a + b, 10),
      layerInstructions,
      driverInstructions: 10,
      stackBytes: 128,
      stackBound: { kind: 'bounded', bytes: 136, path: [{ function: 'infer', bytes: 136 }] },
      flash: { code: 3000, weights: 612, tables: 300 },
      layerCode: plan.layers.map((_, layer) => 100 + layer),
      arenaBytes: plan.arenaBytes + 4,
      counts: { kind: 'counted', counts: madeUpCounts(layerInstructions) },
    },
    tools: 'a compiler, an emulator',
  };
}

/** Counts of a plugin, made up: a half loads, four tenths DSP multiplications, the rest taken branches. */
function madeUpCounts(layerInstructions: readonly number[]): InstructionCounts {
  const part = (instructions: number): PartCounts => ({
    instructions,
    classes: { load: instructions / 2, dspMultiply: 0.4 * instructions, branchTaken: 0.1 * instructions },
    cycles: { total: 2 * instructions, low: instructions, high: 3 * instructions },
  });
  const layers = layerInstructions.map(part);
  return {
    whole: part(layerInstructions.reduce((a, b) => a + b, 10)),
    layers,
    driver: part(10),
    functions: [{ name: 'run', instructions: 10 }],
    timing: loadTiming('cortex-m4') ?? { none: 'there is no table' },
  };
}

/** The same without a plugin. */
export function uncounted(compiled: CompiledModel): Measurement {
  const measurement = madeUp(compiled);
  if (measurement.kind === 'none') return measurement;
  const counts = { kind: 'skipped', reason: 'a test made these figures' } as const;
  return { ...measurement, profile: { ...measurement.profile, counts } };
}

export const unmeasured: Measurement = { kind: 'none', reason: 'a test made this page' };
