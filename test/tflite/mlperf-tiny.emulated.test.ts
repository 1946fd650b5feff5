import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import type { Node } from '../../src/ir/graph.js';
import { byteCount } from '../../src/ir/tensor.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, loadImportedModel, sourceOf } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';

const directory = join(packageRoot(), '..', 'shared', 'data', 'tflite');
const here = existsSync(directory);
if (!here) console.warn('skipped the networks of MLPerf Tiny: ../shared/data/tflite is not here');

const cores = ['cortex-m0', 'cortex-m3', 'cortex-m4', 'cortex-m7', 'cortex-m33', 'cortex-m55'];
const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

// Outputs of every operator by TensorFlow Lite Micro, August 2026; see the README beside the data.
describe.skipIf(!here).each([
  ['resnet8/pretrainedResnet_quant.tflite', 16],
  ['dscnn_kws/kws_ref_model.tflite', 13],
])('%s', (path, operators) => {
  // A skipped suite's body runs all the same.
  if (!here) return;
  const file = join(directory, path);
  const folder = join(file, '..');
  const loaded = loadImportedModel(file, new Session());
  const { graph } = loaded;
  const bytes = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
  const size = byteCount(sourceOf(graph).type);
  const inputs = bytes('inputs.i8');
  const vectors = Array.from({ length: inputs.length / size }, (_, i) => inputs.subarray(i * size, (i + 1) * size));
  const tensors = referenceTensors(graph, vectors);
  const operatorOf = (node: Node) => Number(/operator (\d+)/.exec(node.span?.element ?? '')?.[1]);

  it.each(Array.from({ length: operators }, (_, i) => i))('operator %i, all inputs, every byte', async operator => {
    const node = graph.nodes.find(candidate => operatorOf(candidate) === operator);
    // A reshape has become nothing; the operator before it has the same values.
    if (node === undefined) return expect(operator).toBe(operators - 3);
    const made = (await tensors).map(all => Buffer.from(all.get(node.name)?.buffer ?? new ArrayBuffer(0)));
    const expected = bytes(`ops/op_${String(operator).padStart(2, '0')}.i8`);
    expect(Buffer.compare(Buffer.concat(made), Buffer.from(expected))).toBe(0);
  });

  it('the outputs', async () => {
    const made = (await tensors).map(all => Buffer.from(all.get(graph.output)?.buffer ?? new ArrayBuffer(0)));
    expect(Buffer.compare(Buffer.concat(made), Buffer.from(bytes('outputs.i8')))).toBe(0);
  });

  it.each(cores)('the C on the host and on %s, every byte of every layer', async core => {
    const { firmware } = compileModel(loaded, loadTarget(core), '0.0.0');
    const some = exhaustive ? vectors : vectors.slice(0, 2);
    const reports = await verifyDrivers(graph, firmware, some, (await tensors).slice(0, some.length), [
      hostDriver,
      qemuDriver,
    ]);
    const ran = process.env.CI === 'true' ? reports : reports.filter(report => report.status !== 'skipped');
    expect(ran.map(report => report.status)).toEqual(ran.map(() => 'equal'));
  });

  it('is told apart from another rounding rule', async () => {
    const native = loadImportedModel(file, new Session(), 'native').graph;
    const [changed] = await referenceTensors(native, vectors.slice(0, 1));
    const [original] = await tensors;
    expect(
      graph.nodes.some(
        ({ name }) =>
          Buffer.compare(
            Buffer.from(changed.get(name)?.buffer ?? new ArrayBuffer(0)),
            Buffer.from(original.get(name)?.buffer ?? new ArrayBuffer(0)),
          ) !== 0,
      ),
    ).toBe(true);
  });
});
