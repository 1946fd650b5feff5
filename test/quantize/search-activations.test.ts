import { beforeAll, describe, expect, it } from 'vitest';
import { FloatNetwork } from '../../src/interpreter/float-network.js';
import type { FloatGraph } from '../../src/ir/graph.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { meanSquaredError } from '../../src/quantize/ranges.js';
import { rankActivations, searchActivations } from '../../src/quantize/search-activations.js';
import { buildModel } from '../ops/models.js';

// What `a` and `b` make meets in a sum; softmax has a scale of its own.
const body =
  "const a = conv(x, { name: 'a', channels: 4, kernel: 1 }); const b = conv(x, { name: 'b', channels: 4, kernel: 1 }); x = add(a, b, { name: 'ab' }); x = conv(x, { name: 'c', channels: 4, kernel: 1 }); x = conv(x, { name: 'd', channels: 3, kernel: 4 }); x = softmax(x);";
let graph: FloatGraph;
let images: Float32Array[];
beforeAll(async () => {
  const { fused, images: made } = await buildModel('activations', 'height: 4, width: 4, channels: 2', body);
  [graph, images] = [fused, made];
});

/** Accuracy by the layers that are int16; the calls are kept. */
function meter(accuracyOf: (wide: readonly string[]) => number) {
  const calls: string[] = [];
  return {
    calls,
    measure: async (wide: readonly string[]) => {
      calls.push(wide.join(' '));
      return accuracyOf(wide);
    },
  };
}

describe('layers that are int16 because int8 is not good enough', () => {
  const ranking = ['c', 'a', 'ab', 'b'];

  it('are as few as will do, measured by halving', async () => {
    const { calls, measure } = meter(wide => (wide.includes('c') ? 0.9 : 0.5));
    expect(await searchActivations(graph, ranking, 0.9, measure)).toEqual({ wide: ['c'], passed: true, accuracy: 0.9 });
    // Of `c` and `a` the latter meets an int8 `b`.
    expect(calls).toEqual(['a b ab c', 'c']);
  });

  it('are all of them where even these are not good enough', async () => {
    const { measure } = meter(() => 0.8);
    expect(await searchActivations(graph, ranking, 0.9, measure)).toEqual({
      wide: ['a', 'b', 'ab', 'c'],
      passed: false,
      accuracy: 0.8,
    });
  });

  it('meet in one type', async () => {
    const { measure } = meter(wide => (wide.includes('a') ? 0.9 : 0.5));
    expect((await searchActivations(graph, ranking, 0.9, measure)).wide).toEqual(['a', 'b', 'ab', 'c']);
  });

  it('are ranked by what their int8 changes in the result', async () => {
    const network = new FloatNetwork(graph);
    const histograms = await calibrate(graph, images);
    const coarse = (name: string) => ({
      quantisation: { scale: name === 'c' ? 8 : 0.01, zeroPoint: 0 },
      rule: 'given',
    });
    const ranges = new Map(
      [...histograms].map(([name, histogram]) => [
        name,
        name === 'ab' ? { quantisation: meanSquaredError.choose(histogram), rule: 'mse' } : coarse(name),
      ]),
    );
    const found = await rankActivations(
      network,
      images.map(image => network.run(image)),
      ranges,
    );
    expect(found[0]).toBe('c');
    expect([...found].sort()).toEqual(['a', 'ab', 'b', 'c', 'd']);
  });
});
