import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isForm } from '../../src/ir/graph.js';
import { parseGraph } from '../../src/ir/parse.js';
import { reciprocal } from '../../src/numeric/gemmlowp.js';
import { packageRoot } from '../../src/package-root.js';
import { compileModel } from '../../src/pipeline/index.js';
import { lowerModel } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';

function softmaxOf(channels: number, scale: number) {
  const text = `quantised graph wide
x = input() {height: 1, width: 1, channels: ${channels}} : f32 1x1x${channels}
y = softmax(x) : f32 1x1x${channels}
return y`;
  const activations = new Map([
    ['x', { scale, zeroPoint: 0 }],
    ['y', { scale: 1 / 256, zeroPoint: -128 }],
  ]);
  const graph = parseGraph(text);
  return lowerModel({
    graph: isForm(graph, 'quantised') ? graph : expect.fail('not quantised'),
    activations,
    rounding: 'native',
  });
}

/** All values equal, then one or a few a little larger or smaller, then anything. */
function inputsOf(channels: number): Uint8Array[] {
  const byte = (value: (i: number) => number) => Uint8Array.from({ length: channels }, (_, i) => value(i) & 255);
  return [
    ...[-128, 0, 127].map(value => byte(() => value)),
    byte(i => (i === 0 ? 1 : 0)),
    byte(i => (i === channels - 1 ? 127 : -128)),
    byte(i => (i % 5 === 0 ? 3 : 2)),
    byte(i => -(i % 4)),
    ...randomVectors(3, channels),
  ];
}

describe.each([1, 2, 511, 512, 513, 1000, 4095])('softmax over %i channels', channels => {
  // Under the small scale, whatever comes in is nearly equal.
  it.each(channels === 1000 ? [0.002, 0.1] : [0.002])(
    'the C equals the reference, sanitizers on, scale %f',
    async scale => {
      const graph = softmaxOf(channels, scale);
      const source = { model: join(packageRoot(), 'package.json'), weights: join(packageRoot(), 'package.json') };
      const { firmware } = compileModel({ graph, rounding: 'native', source }, loadTarget('host'), '0.0.0');
      const reason = hostDriver.unavailable(firmware);
      if (reason !== undefined && process.env.CI !== 'true') return console.warn(`skipped: ${reason}`);
      const vectors = inputsOf(channels);
      const expected = await referenceTensors(graph, vectors);
      const [report] = await verifyDrivers(graph, firmware, vectors, expected, [hostDriver]);
      expect(report).toEqual({ name: 'host', status: 'equal' });
    },
  );

  it('equal inputs have equal parts of one', async () => {
    const [tensors] = await referenceTensors(softmaxOf(channels, 0.1), [new Uint8Array(channels)]);
    // To the nearest step below one; the half step of 512 channels comes out just below a half.
    const values = [...new Set(tensors.get('y'))];
    expect(values).toEqual([Math.min(Math.round(256 / channels - 1e-4), 255) - 128]);
  });
});

describe('the reciprocal of the sum of exponentials', () => {
  // Each exponential is at most 2^19: 1 / x as scale / 2^(31 + bits) for all sums that 1 to 4095 channels can have.
  it.each([1, 2, 511, 512, 513, 1000, 2047, 2048, 4095])('%i channels', channels => {
    const { scale, bits } = reciprocal(channels * 2 ** 19);
    expect(scale).toBeLessThan(2 ** 31);
    expect(Math.abs((scale / 2 ** 31) * channels - 2 ** bits)).toBeLessThan(2 ** bits * 2 ** -26);
  });
});
