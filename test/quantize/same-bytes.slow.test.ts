import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import type { InputSet } from '../../src/frontend/arrays/images.js';
import { writeQuantised } from '../../src/frontend/weights/quantised.js';
import { Random } from '../../src/numeric/random.js';
import { quantiseModel, sourceOf } from '../../src/pipeline/index.js';
import type { QuantiseOptions } from '../../src/quantize/quantise-model.js';
import { makeModel } from '../ops/models.js';

const count = 24;

/** Gradients of random slope with some noise: correlated, as neighbouring pixels are. */
function imagesFor(shape: InputSet['shape']): InputSet {
  const random = new Random('same bytes');
  const { height, width, channels } = shape;
  const data = new Float32Array(count * height * width * channels);
  for (let k = 0, at = 0; k < count; k++) {
    const [a, b, c] = [random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1)];
    for (let i = 0; i < height * width * channels; i++, at++) {
      const position = Math.floor(i / channels);
      const [y, x] = [Math.floor(position / width) / height, (position % width) / width];
      data[at] = a + b * x * (1 + (i % channels) / channels) + c * y * y + random.uniform(-0.1, 0.1);
    }
  }
  return { kind: 'real', count, shape, data };
}

const variants: Readonly<Record<string, Partial<QuantiseOptions>>> = {
  default: {},
  analytic: { biasCorrection: 'analytic', fitWeightScales: true, equalise: false },
  plain: { biasCorrection: 'none', roundingSearch: false, ranges: 'percentile' },
  narrow: { weightBits: [{ pattern: '*', bits: 4 }] },
};

describe('quantised files', () => {
  // Speed must not change a byte: each sum is taken in one order. Bless with -u only where the result is meant to be another one.
  it.each(['block', 'grouped', 'pools', 'nchw'])('of %s are the same to the byte as they have been', async name => {
    const graph = (await makeModel(name)).fused;
    const images = imagesFor(sourceOf(graph).type.shape);
    const hashes: Record<string, string> = {};
    for (const [variant, options] of Object.entries(variants)) {
      const bytes = writeQuantised(await quantiseModel(graph, images, options, new Session()));
      hashes[variant] = createHash('sha256').update(bytes).digest('hex');
    }
    expect(hashes).toMatchSnapshot();
  });
});
