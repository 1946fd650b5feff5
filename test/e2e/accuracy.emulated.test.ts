import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVectors } from '../../src/cli/vectors.js';
import { Session } from '../../src/diagnostics/session.js';
import { readLabels } from '../../src/frontend/arrays/images.js';
import { compileModel, type LoadedModel, sourceOf } from '../../src/pipeline/index.js';
import { predictedClass } from '../../src/run/classify.js';
import { fastHostDriver } from '../../src/run/host.js';
import { loadTarget } from '../../src/target/load-target.js';
import { exhaustive, hasShared, quantisedExample, shared } from './demo-network.js';

if (!hasShared) console.warn('skipped accuracy: ../shared/data/cifar10 with all 10,000 test images is not here');

// Float accuracy: ../shared/data/effnet-cifar10/README.md. With all 512 images (the slow suite) int8 loses a tenth of a point at
// most; with 128, which is quick, a quarter.
describe.skipIf(!hasShared)('int8 accuracy on all 10,000 test images', () => {
  it.each([
    ['model.ts', 'effnet_relu.npz', 'native', 81.37, 0.1],
    ['leaky-postbn.ts', 'effnet_leaky_postbn.npz', 'native', 80.03, 0.15],
    ...(exhaustive
      ? ([
          ['model.ts', 'effnet_relu.npz', 'tflite', 81.37, 0.1],
          ['leaky-postbn.ts', 'effnet_leaky_postbn.npz', 'tflite', 80.03, 0.15],
        ] as const)
      : []),
  ] as const)(
    '%s with %s, %s rounding',
    async (model, weights, rounding, float, loss) => {
      const loaded = await quantisedExample(model, weights, rounding, exhaustive ? 512 : 128);
      const accuracy = await accuracyOf(loaded);
      console.log(`${weights}: ${accuracy} %, float ${float} %`);
      expect(accuracy).toBeGreaterThanOrEqual(float - (exhaustive ? loss : 0.25));
    },
    600_000,
  );

  // Rounded to nearest, these weights of 4 bits leave 79.59 %: ../shared/data/effnet-cifar10/README.md.
  const fewerBits = [
    [4, 81.1, 0.66],
    [3, 80.6, 0.6],
  ] as const;
  it.each(exhaustive ? fewerBits : [])(
    'weights of %i bits in all 2x1 and 1x1 convs but the first',
    async (bits, least, flash) => {
      const weightBits = [
        { pattern: '*.pw', bits },
        { pattern: '*.conv', bits },
        { pattern: 'block1.pw', bits: 8 },
      ] as const;
      const wide = await quantisedExample('model.ts', 'effnet_relu.npz', 'native', 8, { roundingSearch: false });
      const loaded = await quantisedExample('model.ts', 'effnet_relu.npz', 'native', 512, { weightBits });
      const bytes = (model: LoadedModel) => compileModel(model, loadTarget('cortex-m4'), '0.0.0').view.weightBytes;
      expect(bytes(loaded) / bytes(wide)).toBeLessThan(flash);
      expect(await accuracyOf(loaded)).toBeGreaterThanOrEqual(least);
    },
    600_000,
  );
});

/** In per cent of the 10,000 test images, by the C on this machine. */
async function accuracyOf(loaded: LoadedModel): Promise<number> {
  const { firmware } = compileModel(loaded, loadTarget('host'), '0.0.0');
  const vectors = readVectors(join(shared, 'cifar10', 'test_images.npy'), sourceOf(loaded.graph), new Session());
  const labels = readLabels(join(shared, 'cifar10', 'test_labels.npy'));
  const { outputs } = await fastHostDriver.run(firmware, vectors, { trace: false });
  expect(outputs.length).toBe(10_000);
  return outputs.filter((output, i) => predictedClass(output, { dtype: 'i8' }) === labels[i]).length / 100;
}
