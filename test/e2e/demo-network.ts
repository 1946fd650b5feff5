import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../src/diagnostics/session.js';
import { readInputs } from '../../src/frontend/arrays/images.js';
import { writeQuantised } from '../../src/frontend/weights/quantised.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { type LoadedModel, loadFloatModel, loadQuantisedModel, quantiseModel } from '../../src/pipeline.js';
import type { QuantiseOptions } from '../../src/quantize/quantise-model.js';

export const example = join(packageRoot(), 'examples', 'effnet-cifar10');
export const shared = join(packageRoot(), '..', 'shared', 'data');
export const hasShared = existsSync(join(shared, 'cifar10', 'test_images.npy'));

/** 100 vectors instead of a few: the slow suite, `npm run test:exhaustive`. */
export const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

/** Quantises an example with its real weights and calibration images, and loads the result as every command does. */
export async function quantisedExample(
  model: string,
  weights: string,
  rounding: Rounding,
  images: number,
  more: Partial<QuantiseOptions> = {},
): Promise<LoadedModel> {
  const session = new Session();
  const source = { model: join(example, model), weights: join(example, weights) };
  const graph = await loadFloatModel(source, session);
  const calibration = readInputs(join(example, 'data', 'calibration_images.npy'));
  const quantised = await quantiseModel(graph, { ...calibration, count: images }, { rounding, ...more }, session);
  const directory = mkdtempSync(join(tmpdir(), 'effnetc-test-'));
  try {
    const file = join(directory, 'q.safetensors');
    writeFileSync(file, writeQuantised(quantised));
    const loaded = await loadQuantisedModel({ model: source.model, weights: file }, session);
    // The temporary file is gone when the C is made; the header names the float weights instead.
    return { ...loaded, source };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
