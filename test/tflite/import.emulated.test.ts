import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { writeModel } from '../../src/frontend/import/write-model.js';
import { importTflite } from '../../src/frontend/tflite/import-tflite.js';
import { writeQuantised } from '../../src/frontend/weights/quantised.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel, loadImportedModel, loadQuantisedModel } from '../../src/pipeline/index.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { effnet, oddOps, wideOps } from './networks.js';
import { writeTflite } from './write-tflite.js';

const directory = mkdtempSync(join(tmpdir(), 'effnetc-import-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The C of a file compiled as it is, and by way of a model.ts and quantised weights; and that model.ts. */
async function bothWays(file: string) {
  const imported = importTflite(file, new Session());
  const { name } = imported.graph;
  const [model, weights] = [join(directory, `${name}.ts`), join(directory, `${name}.safetensors`)];
  const text = writeModel(imported, `from ${basename(file)}`);
  writeFileSync(model, text);
  writeFileSync(weights, writeQuantised(imported));
  const session = new Session();
  const written = await loadQuantisedModel({ model, weights }, session);
  const compile = (loaded: typeof written) => compileModel(loaded, loadTarget('cortex-m4'), '0.0.0').files;
  return { direct: compile(loadImportedModel(file, new Session())), written: compile(written), text, session };
}

/** Without what says where a model came from: the lines of the header on the command, the model and the weights, and places. */
const withoutProvenance = (files: ReadonlyMap<string, string>) =>
  [...files].map(([name, text]) => `${name}\n${text.replace(/^ \* {3}(command|model|weights|from) .*\n/gm, '')}`);

function expectSame({ direct, written, session }: Awaited<ReturnType<typeof bothWays>>) {
  expect(withoutProvenance(written)).toEqual(withoutProvenance(direct));
  expect(session.diagnostics).toEqual([]);
}

const shared = join(packageRoot(), '..', 'shared', 'data', 'tflite');
const here = existsSync(shared);

describe('a model.ts that import writes', () => {
  it.skipIf(!here).each(['resnet8/pretrainedResnet_quant', 'dscnn_kws/kws_ref_model'])(
    '%s becomes the same C',
    async name => {
      const result = await bothWays(join(shared, `${name}.tflite`));
      expectSame(result);
      expect(result.text.split('\n').slice(1)).toMatchSnapshot();
    },
  );

  it('becomes the same C with every op that only imports make', async () => {
    const file = join(directory, 'odd-ops 1.tflite');
    writeFileSync(file, writeTflite(oddOps()));
    const result = await bothWays(file);
    expectSame(result);
    expect(result.text).toMatchSnapshot();
  });

  it('becomes the same C with int16 activations', async () => {
    const file = join(directory, 'wide.tflite');
    writeFileSync(file, writeTflite(wideOps()));
    const result = await bothWays(file);
    expectSame(result);
    expect(result.text).toMatchSnapshot();
  });

  it('becomes C that computes what the reference does', async () => {
    const file = join(directory, 'odd.tflite');
    writeFileSync(file, writeTflite(oddOps()));
    const loaded = loadImportedModel(file, new Session());
    const { firmware } = compileModel(loaded, loadTarget('host'), '0.0.0');
    const reason = hostDriver.unavailable(firmware);
    if (reason !== undefined && process.env.CI !== 'true') return console.warn(`skipped: ${reason}`);
    const vectors = [...extremeVectors(firmware.inputBytes), ...randomVectors(6, firmware.inputBytes)];
    const expected = await referenceTensors(loaded.graph, vectors);
    const reports = await verifyDrivers(loaded.graph, firmware, vectors, expected, [hostDriver]);
    expect(reports).toEqual([{ name: 'host', status: 'equal' }]);
  });

  it('calls EffNet blocks by their name', async () => {
    const file = join(directory, 'effnet.tflite');
    writeFileSync(file, writeTflite(effnet()));
    const result = await bothWays(file);
    expectSame(result);
    expect(result.text).toMatchSnapshot();
    expect(result.text).toContain('effnetBlock(image, {');
    expect(result.direct.get('effnet.c')).toContain('block1.dw1: depthwiseConv 1x3, relu');
  });

  it('does not take for a block what differs in one stride', async () => {
    const file = join(directory, 'almost.tflite');
    writeFileSync(file, writeTflite(effnet({ stride_h: 1 }, [1, 3, 2, 4])));
    const result = await bothWays(file);
    expectSame(result);
    expect(result.text).not.toContain('effnetBlock');
  });
});
