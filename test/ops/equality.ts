import { join } from 'node:path';
import { expect } from 'vitest';
import type { IntegerGraph } from '../../src/ir/graph.js';
import { type Rounding, roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { integerPasses, runPasses } from '../../src/passes/index.js';
import { type CompileOptions, compileModel } from '../../src/pipeline/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import type { Firmware } from '../../src/toolchain/firmware.js';
import { makeModel } from './models.js';

export const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

export interface Way extends Pick<CompileOptions, 'entry' | 'order'> {
  readonly target: string;
  readonly rounding: Rounding;
}

/** On a core: every rule in the slow suite, else one of the three, another for each model and core. */
export const onCores = (cores: readonly string[], model: number): readonly Way[] =>
  cores.flatMap((target, t) =>
    (exhaustive ? roundings : [roundings[(model + t) % roundings.length]]).map(
      rounding => ({ target, rounding, entry: 'infer', order: 'search' }) as const,
    ),
  );

/** Every byte of every layer; the C for a core runs on this machine, too, with sanitizers on. */
export async function expectEquality(name: string, { target, rounding, entry, order }: Way): Promise<void> {
  const { fused, images } = await makeModel(name);
  const lowered = lowerModel(quantiseGraph(fused, await calibrate(fused, images), rounding));
  const graph = runPasses(lowered, integerPasses);
  // The header wants files to hash; any will do.
  const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };
  const { firmware } = compileModel({ graph, rounding, source }, loadTarget(target), '0.0.0', { entry, order });
  await expectDriversEqual(graph, firmware, 12);
}

/** The C of a compiled graph equals the reference on this machine and in QEMU, on extreme and on `random` other vectors. */
export async function expectDriversEqual(graph: IntegerGraph, firmware: Firmware, random: number): Promise<void> {
  const vectors = [...extremeVectors(firmware.inputBytes), ...randomVectors(random, firmware.inputBytes)];
  const expected = await referenceTensors(graph, vectors);
  const able = [hostDriver, qemuDriver].filter(driver => {
    if (driver.unsuited(firmware) !== undefined) return false;
    const reason = process.env.CI === 'true' ? undefined : driver.unavailable(firmware);
    if (reason !== undefined) console.warn(`skipped: ${reason}`);
    return reason === undefined;
  });
  expect(await verifyDrivers(graph, firmware, vectors, expected, able)).toEqual(
    able.map(driver => ({ name: driver.name, status: 'equal' })),
  );
}
