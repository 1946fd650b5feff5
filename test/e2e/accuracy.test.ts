import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVectors } from '../../src/cli/vectors.js';
import { Session } from '../../src/diagnostics/session.js';
import { readLabels } from '../../src/frontend/arrays/images.js';
import { compileModel, sourceOf } from '../../src/pipeline.js';
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
      const { firmware } = compileModel(loaded, loadTarget('host'), '0.0.0');
      const vectors = readVectors(join(shared, 'cifar10', 'test_images.npy'), sourceOf(loaded.graph), new Session());
      const labels = readLabels(join(shared, 'cifar10', 'test_labels.npy'));
      const { outputs } = await fastHostDriver.run(firmware, vectors, { trace: false });
      const correct = outputs.filter((output, i) => predictedClass(output, 'int8_t') === labels[i]).length;
      console.log(`${weights}: ${correct / 100} % of ${outputs.length} images, float ${float} %`);
      expect(outputs.length).toBe(10_000);
      expect(correct / 100).toBeGreaterThanOrEqual(float - (exhaustive ? loss : 0.25));
    },
    600_000,
  );
});
