import { createHash } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InternalError } from '../../src/diagnostics/diagnostic.js';
import { Session } from '../../src/diagnostics/session.js';
import { readInputs } from '../../src/frontend/arrays/images.js';
import { writeQuantised } from '../../src/frontend/weights/quantised.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { type LoadedModel, loadFloatModel, loadQuantisedModel, quantiseModel } from '../../src/pipeline/index.js';
import type { QuantiseOptions } from '../../src/quantize/quantise-model.js';

export const example = join(packageRoot(), 'examples', 'effnet-cifar10');
export const shared = join(packageRoot(), '..', 'shared', 'data');
export const hasShared = existsSync(join(shared, 'cifar10', 'test_images.npy'));

/** 100 vectors instead of a few: the slow suite, `npm run test:exhaustive`. */
export const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

/**
 * Quantises an example with its real weights and calibration images, and loads the result as every command does. What one
 * test file has quantised the others of the same run load, too (test/shared-directory.ts).
 */
export async function quantisedExample(
  model: string,
  weights: string,
  rounding: Rounding,
  images: number,
  more: Partial<QuantiseOptions> = {},
): Promise<LoadedModel> {
  const session = new Session();
  const source = { model: join(example, model), weights: join(example, weights) };
  const directory = process.env.EFFNETC_TEST_SHARED;
  if (directory === undefined) throw new InternalError('test/shared-directory.ts was not set up');
  const key = createHash('sha256')
    .update(JSON.stringify([model, weights, rounding, images, more]))
    .digest('hex');
  const file = join(directory, `${key}.safetensors`);
  if (!existsSync(file)) await quantiseTo(file, source, { rounding, ...more }, images);
  const loaded = await loadQuantisedModel({ model: source.model, weights: file }, session);
  // Where the temporary file lies is nobody's business; the header of the C names the float weights instead.
  return { ...loaded, source };
}

async function quantiseTo(
  file: string,
  source: { readonly model: string; readonly weights: string },
  options: Partial<QuantiseOptions>,
  images: number,
): Promise<void> {
  const session = new Session();
  const graph = await loadFloatModel(source, session);
  const calibration = readInputs(join(example, 'data', 'calibration_images.npy'));
  const quantised = await quantiseModel(graph, { ...calibration, count: images }, options, session);
  // Complete before it has its name: another worker may look for it.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, writeQuantised(quantised));
  renameSync(unfinished, file);
}
