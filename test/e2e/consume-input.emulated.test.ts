import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { packageRoot } from '../../src/package-root.js';
import { type CompiledModel, compileModel, type LoadedModel, randomModel } from '../../src/pipeline/index.js';
import { shadowRun } from '../../src/plan/shadow.js';
import { profileReport } from '../../src/report/profile-report.js';
import { referenceTensors } from '../../src/run/compare.js';
import type { Driver } from '../../src/run/driver.js';
import { hostDriver } from '../../src/run/host.js';
import { type ProfileResult, profileFirmware } from '../../src/run/profile.js';
import { qemuDriver } from '../../src/run/qemu.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { modelText } from '../cli/workspace.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'effnetc-consume-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const mustRun = process.env.CI === 'true';

const loadExample = (file: string) => randomModel(join(packageRoot(), 'examples', file), { seed: 1 }, new Session());

/** Image rows of 21 bytes, 189 in all: no whole words. */
function oddNetwork(): Promise<LoadedModel> {
  const conv = "conv(x, { name: 'c1', channels: 5, kernel: 3 })";
  const body = `dense(conv(${conv}, { name: 'c2', channels: 6, kernel: 3, stride: 2 }), { name: 'fc', units: 3 })`;
  return loadText(body, 'odd', 'height: 9, width: 7, channels: 3, scale: 1 / 255, zeroPoint: -128');
}

/** Everything fits into the input: there is no arena. */
const shrinkingNetwork = (): Promise<LoadedModel> =>
  loadText(
    "dense(maxPool(x, { name: 'pool', kernel: 2, stride: 2 }), { name: 'fc', units: 3 })",
    'shrinking',
    'height: 8, width: 8, channels: 4, scale: 1 / 255, zeroPoint: -128',
  );

function loadText(body: string, name: string, input: string): Promise<LoadedModel> {
  const model = join(directory, `${name}.ts`);
  writeFileSync(model, modelText(body, { name, input }));
  return randomModel(model, { seed: 1 }, new Session());
}

const compile = (loaded: LoadedModel, target: string, consumeInput: boolean): CompiledModel =>
  compileModel(loaded, loadTarget(target), '0.0.0', { consumeInput });

describe('networks that overwrite their input', () => {
  it.each([
    ['tiny', () => loadExample('tiny/model.ts'), [36, 100]],
    ['rows of no whole words', oddNetwork, undefined],
    ['no arena at all', shrinkingNetwork, [0, 28]],
    ['EffNet for SVHN', () => loadExample('paper/effnet-svhn.ts'), [204, 1112]],
    ['EffNet for CIFAR-10', () => loadExample('effnet-cifar10/model.ts'), [4156, 5704]],
    ['ResNet-8', () => loadExample('shapes/resnet8.ts'), [7168, 8960]],
    ['MobileNetV1 at 96x96', () => loadExample('paper/mobilenet-v1-025-96.ts'), [384, 9600]],
  ] as const)(
    '%s: less arena, and bit-exact in every layer',
    async (name, load, arenas) => {
      const loaded = await load();
      const { graph } = loaded;
      const { plan } = compile(loaded, 'host', true);
      const keeping = compile(loaded, 'host', false).plan;
      expect(plan.arenaBytes).toBeLessThan(keeping.arenaBytes);
      if (arenas !== undefined) expect([plan.arenaBytes, keeping.arenaBytes]).toEqual(arenas);
      expect(plan.arenaBytes).toBeGreaterThanOrEqual(plan.leastBytes);
      expect(shadowRun(plan)).toBeUndefined();
      if (name.startsWith('ResNet')) return;

      const count = graph.nodes[0].type.shape.height > 32 ? 1 : 3;
      const check = async (target: string, driver: Driver) => {
        const { firmware } = compile(loaded, target, true);
        const reason = driver.unavailable(firmware);
        if (reason !== undefined && !mustRun) return console.warn(`skipped ${target}: ${reason}`);
        const { inputBytes } = firmware;
        const vectors = [...randomVectors(count, inputBytes), ...extremeVectors(inputBytes).slice(0, count - 1)];
        const expected = await referenceTensors(graph, vectors);
        const reports = await verifyDrivers(graph, firmware, vectors, expected, [driver]);
        expect(reports).toEqual([{ name: driver.name, status: 'equal' }]);
      };
      await check('host', hostDriver);
      await check('cortex-m4', qemuDriver);
    },
    600_000,
  );

  it('are left alone where that would save nothing: the same C', async () => {
    const loaded = await loadExample('shapes/ds-cnn.ts');
    const [consuming, keeping] = [compile(loaded, 'host', true), compile(loaded, 'host', false)];
    expect(consuming.plan.imageBytes).toBe(0);
    expect(consuming.firmware.consumesInput).toBe(false);
    expect([...consuming.files]).toEqual([...keeping.files]);
  });

  it('say in the C what they do, and have no other entries', async () => {
    const { files } = compile(await loadExample('tiny/model.ts'), 'host', true);
    const header = files.get('tiny.h') ?? '';
    expect(header).toContain('void tiny_infer(int8_t input[192], int8_t output[4]);');
    expect(header).toMatch(/`input` is overwritten[\s\S]*aligned to 4/);
    expect(header).toContain('36 bytes of arena besides the input, which is overwritten');
    expect([...files.values()].join('')).not.toMatch(
      /tiny_(begin|push_row|end)\b|TINY_(OK|NOT_BEGUN)|\bpushed(_\w|\.\w)/,
    );
    expect(files.get('tiny.c')).toContain('return word < 48 ? image + 4 * word : arena + 4 * (word - 48);');
  });

  it('are profiled on the real image each time', async () => {
    const loaded = await loadExample('tiny/model.ts');
    const consuming = compile(loaded, 'cortex-m0', true);
    const reason = qemuDriver.unavailable(consuming.firmware);
    if (reason !== undefined && !mustRun) return console.warn(`skipped: ${reason}`);
    const inputs = [undefined, new Uint8Array(192).fill(77), Uint8Array.from({ length: 192 }, (_, i) => 7 * i)];
    const results: ProfileResult[] = [];
    for (const input of inputs) results.push(await profileFirmware(consuming.firmware, { input }));
    // The layers were run once, the total comes from the second run of another build. What the driver takes does not depend
    // on data, but what the layers take does: unless both saw the same image, it would leak into the driver's share.
    expect(new Set(results.map(({ layerInstructions }) => layerInstructions.join())).size).toBe(inputs.length);
    expect(new Set(results.map(({ driverInstructions }) => driverInstructions)).size).toBe(1);
    const [measured] = results;
    // With the scratch of the kernels for this core.
    expect(measured.arenaBytes).toBe(72);
    const { ram } = profileReport(consuming, measured);
    expect([ram.arena, ram.input, ram.total]).toEqual([72, 192, 72 + 192 + ram.output + ram.stack]);
  }, 180_000);
});
