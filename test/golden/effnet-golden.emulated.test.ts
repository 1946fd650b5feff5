import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { compileModel } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { driversFor } from '../../src/run/drivers.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { goldenModel } from './effnet-golden-model.js';

const directory = join(packageRoot(), '..', 'shared', 'data', 'effnet-golden');
const here = existsSync(directory);
if (!here) console.warn('skipped the golden EffNet: ../shared/data/effnet-golden is not here');

// Outputs of Arm's CMSIS-NN 3.6 kernels, run on six cores; see the README beside the data.
describe.skipIf(!here)('an EffNet whose layer outputs come from CMSIS-NN', async () => {
  // A skipped suite's body runs all the same.
  if (!here) return it('needs ../shared/data/effnet-golden', () => {});
  const { graph, layers, int8 } = goldenModel(directory, 'tflite');
  const inputs = int8('inputs.i8');
  const vectors = Array.from({ length: 10 }, (_, i) => new Uint8Array(inputs.buffer, i * 3072, 3072));
  const expected = await referenceTensors(graph, vectors);

  it.each(layers.map(layer => [layer.name, layer.golden] as const))('%s, all inputs, every byte', (name, file) => {
    const got = expected.map(tensors => Buffer.from(tensors.get(name)?.buffer ?? new ArrayBuffer(0)));
    expect(Buffer.compare(Buffer.concat(got), Buffer.from(int8(file).buffer))).toBe(0);
  });

  it('the outputs', () => {
    const got = expected.map(tensors => Buffer.from(tensors.get(graph.output)?.buffer ?? new ArrayBuffer(0)));
    expect(Buffer.compare(Buffer.concat(got), Buffer.from(int8('outputs.i8').buffer))).toBe(0);
  });

  it('the C on host and Cortex-M4, every byte of every layer', async () => {
    const source = { model: join(directory, 'model.json'), weights: join(directory, 'inputs.i8') };
    const { firmware } = compileModel({ graph, rounding: 'tflite', source }, loadTarget('cortex-m4'), '0.0.0');
    const reports = await verifyDrivers(graph, firmware, vectors, expected, driversFor(firmware));
    const ran = process.env.CI === 'true' ? reports : reports.filter(r => r.status !== 'skipped');
    expect(ran.map(r => r.status)).toEqual(ran.map(() => 'equal'));
  });

  it('is told apart from another rounding rule', async () => {
    const native = await referenceTensors(goldenModel(directory, 'native').graph, vectors.slice(0, 1));
    expect(native[0].get('b1_c2x1')).not.toEqual(expected[0].get('b1_c2x1'));
  });
});
