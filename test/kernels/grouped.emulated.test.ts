import { expect, it } from 'vitest';
import { roundings } from '../../src/numeric/requantise.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { candidatesOf } from '../../src/select/candidates.js';
import { loadTarget } from '../../src/target/load-target.js';
import { buildModel } from '../ops/models.js';
import { expectKernelsEqual } from './every-kernel.js';

// Groups that are whole words and such that are not, rows outside the input, columns left out, a position without a partner.
const body =
  'x = conv(x, { channels: 24, kernel: 1, groups: 2 }); x = conv(x, { channels: 12, kernel: [3, 1], padding: [1, 0], groups: 3 });' +
  ' x = conv(x, { channels: 16, kernel: 1, groups: 2, stride: [1, 2] }); x = conv(x, { channels: 8, kernel: [2, 1], groups: 4 });';

it.each(roundings)(
  'convs of groups have the kernels for the DSP extension, which equal the reference: %s',
  async rounding => {
    const { fused, images } = await buildModel('grouped', 'height: 5, width: 7, channels: 8', body);
    const graph = lowerModel(quantiseGraph(fused, await calibrate(fused, images), rounding));
    const layers = candidatesOf(graph, loadTarget('cortex-m4').isa, undefined);
    expect(layers.map(({ rows }) => rows[0].name)).toEqual(['dsp 2x2', 'dsp 2x2', 'dsp 2x2', 'dsp 2x2']);
    await expectKernelsEqual(graph, rounding, 'cortex-m4', 4);
  },
  300_000,
);
