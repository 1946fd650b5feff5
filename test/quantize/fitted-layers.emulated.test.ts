import { describe, expect, it } from 'vitest';
import { writeQuantised } from '../../src/frontend/weights/quantised.js';
import { Random } from '../../src/numeric/random.js';
import { sourceOf } from '../../src/pipeline/index.js';
import { FittedLayers } from '../../src/quantize/fitted-layers.js';
import {
  defaultQuantiseOptions,
  fitQuantisation,
  prepareQuantisation,
  sketchQuantisation,
} from '../../src/quantize/quantise-model.js';
import { subByteLayers, type WeightBitsRule } from '../../src/quantize/weight-bits.js';
import { makeModel } from '../ops/models.js';

const rule = (pattern: string, bits: WeightBitsRule['bits']): WeightBitsRule => ({ pattern, bits });

describe('layers that were fitted before', () => {
  it('make the same networks as layers that are fitted anew', async () => {
    const graph = (await makeModel('block')).fused;
    const { height, width, channels } = sourceOf(graph).type.shape;
    const random = new Random('fitted');
    const images = Array.from({ length: 12 }, () =>
      Float32Array.from({ length: height * width * channels }, () => random.uniform(-1, 1)),
    );
    const options = defaultQuantiseOptions;
    const prepared = await prepareQuantisation(graph, images, options);
    const sketch = sketchQuantisation(prepared, options);
    const states = [
      [],
      [rule('b.conv', 4)],
      [rule('b.*', 3)],
      [rule('b.conv', 4)],
      [rule('b.conv', 4), rule('dense*', 2)],
    ];
    for (const state of states) {
      const narrow = subByteLayers(graph, state);
      const anew = await fitQuantisation(prepared, options, narrow);
      expect(writeQuantised(await sketch(narrow, () => {}))).toEqual(writeQuantised(anew));
    }
  });

  it('are kept while they are used, and a few of them only', async () => {
    const memory = new FittedLayers<string, string>();
    const computed: string[] = [];
    const layer = (widths: string) =>
      memory.layer('conv', widths, async () => {
        computed.push(widths);
        return widths;
      });
    for (const widths of ['8 8', '8 4', '8 8', '4 4', '8 8', '4 2', '8 8']) expect(await layer(widths)).toBe(widths);
    expect(computed).toEqual(['8 8', '8 4', '4 4', '4 2']);
    await layer('8 4');
    expect(computed.length).toBe(5);
    expect(await memory.layer('other', '8 8', async () => 'of another layer')).toBe('of another layer');
  });
});
