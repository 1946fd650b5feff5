import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import type { InputSet } from '../../src/frontend/arrays/images.js';
import { writeQuantised } from '../../src/frontend/weights/quantised.js';
import type { FloatGraph } from '../../src/ir/graph.js';
import { Random } from '../../src/numeric/random.js';
import { quantiseModel } from '../../src/pipeline/index.js';
import type { QuantiseOptions } from '../../src/quantize/quantise-model.js';
import { makeModel } from '../ops/models.js';

const [height, width, channels, count] = [8, 8, 3, 40];

/** Images that are smooth, as photographs are. */
function images(kind: 'real', from = (k: number, y: number, x: number, c: number) => wave(k, y, x, c)): InputSet {
  const data = Float32Array.from({ length: count * height * width * channels }, (_, i) => {
    const c = i % channels;
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / channels / width) % height;
    return from(Math.floor(i / channels / width / height), y, x, c);
  });
  return { kind, count, shape: { height, width, channels }, data };
}

const random = new Random('images');
const phases = Array.from({ length: count }, () => [
  random.uniform(-1, 1),
  random.uniform(-1, 1),
  random.uniform(-1, 1),
]);
const wave = (k: number, y: number, x: number, c: number) => {
  const [a, b, d] = phases[k];
  return a + b * ((x - 3.5) / 4) * (1 + c / 3) + d * ((y - 3.5) / 4) ** 2;
};

const plain: Partial<QuantiseOptions> = {
  equalise: false,
  ranges: 'mse',
  roundingSearch: false,
  biasCorrection: 'none',
};

describe('quantising a model', () => {
  let graph: FloatGraph;
  beforeAll(async () => {
    graph = (await makeModel('block')).fused;
  });

  const quantise = async (options: Partial<QuantiseOptions> = {}, set = images('real'), session = new Session()) =>
    quantiseModel(graph, set, options, session);
  const resultOf = async (options: Partial<QuantiseOptions>) =>
    (await quantise(options)).quality?.findLast(layer => layer.signalToNoise !== undefined)?.signalToNoise ?? 0;

  it('gives the same bytes on every machine', async () => {
    const bytes = writeQuantised(await quantise());
    expect(createHash('sha256').update(bytes).digest('hex')).toMatchInlineSnapshot(
      `"776c73d9969077fd9c4dadc4e6ccd2060d1678e7073cc68fc0393c4a9f5aeab3"`,
    );
  });

  it('is better by 3 dB than plain quantisation, under every rounding', async () => {
    for (const rounding of ['native', 'tflite', 'tflite-single'] as const)
      expect(await resultOf({ rounding })).toBeGreaterThan((await resultOf({ ...plain, rounding })) + 3);
  });

  it.each([
    { equalise: true },
    { roundingSearch: true },
    { biasCorrection: 'measured' },
    { biasCorrection: 'analytic' },
    { ranges: 'min-max' },
    { ranges: 'best' },
  ] as const)('%o makes a difference', async option => {
    const before = writeQuantised(await quantise(plain));
    const after = writeQuantised(await quantise({ ...plain, ...option }));
    expect(Buffer.compare(before, after)).not.toBe(0);
  });

  it('says of each layer how well it agrees with the float network', async () => {
    const { quality: layers = [] } = await quantise();
    for (const layer of layers) {
      expect(layer.values.reduce((a, b) => a + b, 0) % count, layer.name).toBe(0);
      expect(layer.saturation.high).toBeLessThan(0.3);
      if (layer.op !== 'input' && layer.signalToNoise !== undefined) expect(layer.signalToNoise).toBeGreaterThan(15);
    }
    expect(layers.map(layer => layer.name)).toContain('b.conv');
  });

  describe('hostile images', () => {
    const refused = async (set: InputSet): Promise<unknown> =>
      quantise({}, set).then(
        () => 'taken',
        error => error.diagnostics?.[0],
      );

    it.each([
      ['one value each', images('real', k => k / 40)],
      ['all the same', images('real', (_k, y, x) => (x - y) / 8)],
      ['in other units', images('real', (k, y, x, c) => 128 + 100 * wave(k, y, x, c))],
    ])('%s: E0504', async (_, set) => {
      expect(await refused(set)).toMatchObject({ code: 'E0504', severity: 'error' });
    });

    it('beyond the range of float, though only here and there: E0504', async () => {
      const huge = images('real', (k, y, x, c) => (c + x + y + k === 0 ? 1e38 : wave(k, y, x, c)));
      expect(await refused(huge)).toMatchObject({ code: 'E0504' });
    });

    it('a single one is warned about', async () => {
      const session = new Session();
      await quantise({}, { ...images('real'), count: 1 }, session);
      expect(session.diagnostics.map(d => [d.code, d.severity])).toEqual([['E0505', 'warning']]);
      const enough = new Session();
      await quantise({}, images('real'), enough);
      expect(enough.diagnostics).toEqual([]);
    });
  });
});
