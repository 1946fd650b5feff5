import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { roundings } from '../../src/numeric/requantise.js';
import { compileModel, loadImportedModel } from '../../src/pipeline.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { wideOps } from './networks.js';
import { writeTflite } from './write-tflite.js';

const directory = mkdtempSync(join(tmpdir(), 'effnetc-int16-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const file = join(directory, 'wide.tflite');
writeFileSync(file, writeTflite(wideOps()));

/** Every byte of every layer, on this machine under sanitizers, and on the core. */
async function expectEqual(
  core: string,
  rounding: (typeof roundings)[number] | undefined,
  entry: 'infer' | 'push-row',
) {
  const loaded = loadImportedModel(file, new Session(), rounding);
  const { firmware } = compileModel(loaded, loadTarget(core), '0.0.0', { entry });
  const vectors = [...extremeVectors(firmware.inputBytes), ...randomVectors(6, firmware.inputBytes)];
  const expected = await referenceTensors(loaded.graph, vectors);
  // No layer is dead, which would be compared in vain.
  for (const [name, values] of expected[expected.length - 1]) expect(new Set(values).size, name).toBeGreaterThan(2);
  const drivers = core === 'host' ? [hostDriver] : [hostDriver, qemuDriver];
  const reports = await verifyDrivers(loaded.graph, firmware, vectors, expected, drivers);
  const ran = process.env.CI === 'true' ? reports : reports.filter(({ status }) => status !== 'skipped');
  expect(ran).toEqual(ran.map(({ name }) => ({ name, status: 'equal' })));
}

describe('the C of a network with int16 activations equals the reference', () => {
  it.each(['cortex-m4', 'cortex-m0'])('on the host and on %s', core => expectEqual(core, undefined, 'infer'), 120_000);

  it.each(roundings)('with %s rounding, row by row', rounding => expectEqual('host', rounding, 'push-row'), 120_000);
});
