import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVectors } from '../../src/cli/vectors.js';
import { Session } from '../../src/diagnostics/session.js';
import { readNpy } from '../../src/frontend/arrays/npy.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, loadImportedModel, sourceOf } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';

const directory = join(packageRoot(), 'examples', 'tflite');
const files = readdirSync(directory).filter(file => file.endsWith('.tflite'));

/** Bytes of the arena at most, and those of weights: a plan that becomes worse is noticed. */
const sizes: Readonly<Record<string, readonly [arena: number, weights: number]>> = {
  'kws_ref_model.tflite': [4_036, 28_672],
  'pretrainedResnet_quant.tflite': [10_248, 77_440],
};

it('every example has its sizes here', () => expect(files.sort()).toEqual(Object.keys(sizes).sort()));

// The outputs are those of TensorFlow Lite Micro: see the README there.
describe.each(files)('%s', file => {
  it('gives what TensorFlow Lite Micro gives, as reference and as C', async () => {
    const session = new Session();
    const loaded = loadImportedModel(join(directory, file), session);
    const { graph } = loaded;
    const array = (what: string) => join(directory, file.replace('.tflite', `.${what}.npy`));
    const vectors = readVectors(array('inputs'), sourceOf(graph), session);
    const expected = await referenceTensors(graph, vectors);
    const outputs = expected.flatMap(tensors => [...(tensors.get(graph.output) ?? [])]);
    expect(outputs).toEqual([...readNpy(array('outputs')).data]);
    expect(session.diagnostics).toEqual([]);

    const { firmware, plan, view } = compileModel(loaded, loadTarget('cortex-m4'), '0.0.0');
    expect(plan.arenaBytes).toBeLessThanOrEqual(sizes[file][0]);
    expect(view.weightBytes).toBe(sizes[file][1]);
    const reason = hostDriver.unavailable(firmware);
    if (reason !== undefined && process.env.CI !== 'true') return console.warn(`skipped: ${reason}`);
    const reports = await verifyDrivers(graph, firmware, vectors, expected, [hostDriver]);
    expect(reports).toEqual([{ name: 'host', status: 'equal' }]);
  });
});
