import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { roundings } from '../../src/numeric/requantise.js';
import { compileModel, loadImportedModel } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { chain, wideOps } from './networks.js';
import { activation16, int8, int16, type NetworkSpec, type TensorSpec, writeTflite } from './write-tflite.js';

const directory = mkdtempSync(join(tmpdir(), 'effnetc-int16-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function written(name: string, network: NetworkSpec): string {
  const file = join(directory, `${name}.tflite`);
  writeFileSync(file, writeTflite(network));
  return file;
}

const wide = written('wide', wideOps());

/** Every byte of every layer, on this machine under sanitizers, and on the core. */
async function expectEqual(
  file: string,
  core: string,
  rounding?: (typeof roundings)[number],
  entry: 'infer' | 'push-row' = 'infer',
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
  it.each(['cortex-m4', 'cortex-m0'])('on the host and on %s', core => expectEqual(wide, core), 120_000);

  it.each(roundings)(
    'with %s rounding, row by row',
    rounding => expectEqual(wide, 'host', rounding, 'push-row'),
    120_000,
  );

  // Thousands of values, so that each rounding of each is met.
  const image = [1, 8, 32, 5];
  const one = (kind: string, from: number, to: number, options = {}, constants: readonly TensorSpec[] = []) =>
    [
      `${kind} of ${from}`,
      chain(activation16(image, from), [kind, activation16(image, to), constants, options]),
    ] as const;

  it.each([
    one('LOGISTIC', 0.0003, 2 ** -15),
    one('TANH', 0.0001, 2 ** -15),
    one('TANH', 2 ** -12, 2 ** -15),
    one('SOFTMAX', 0.00002, 2 ** -15, { beta: 1 }),
    one('SOFTMAX', 0.001, 2 ** -15, { beta: 1 }),
    one('LEAKY_RELU', 0.3, 0.25, { alpha: -0.3 }),
    one('PRELU', 0.3, 0.7, {}, [int8([-128, 3, 127, 0, 1], [1, 1, 5], [0.02])]),
    one('ADD', 0.3, 0.7, {}, [int16([-32768, 3, 32767, 0, 1], [5], 0.4)]),
    one('SUB', 0.3, 0.7, {}, [int16([-32768, 3, 32767, 0, 1], [5], 0.2)]),
    one('MUL', 0.3, 2000, {}, [int16([-32768, 3, 32767, 0, 1], [5], 0.2)]),
  ])('%s alone', (_name, network) => expectEqual(written('one', network), 'host'), 120_000);
});
