import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runReference } from '../../src/interpreter/reference.js';
import type { IntegerGraph } from '../../src/ir/graph.js';
import { elementCount } from '../../src/ir/tensor.js';
import { roundings } from '../../src/numeric/requantise.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { eliminateChannels } from '../../src/passes/eliminate-channels.js';
import { sourceOf } from '../../src/pipeline/index.js';
import { extremeVectors, randomVectors } from '../../src/run/vectors.js';
import { randomPruned } from './pruned-model.js';

const exhaustive = process.env.EFFNETC_EXHAUSTIVE === '1';

const vectorsOf = (graph: IntegerGraph) => {
  const bytes = elementCount(sourceOf(graph).type.shape);
  return [...extremeVectors(bytes), ...randomVectors(3, bytes)].map(vector => Int8Array.from(vector));
};

const channelsOf = (graph: IntegerGraph) => graph.nodes.reduce((sum, { type }) => sum + type.shape.channels, 0);

describe('networks with many weights of zero', () => {
  it('give the same bytes without the channels that go', async () => {
    let before = 0;
    let after = 0;
    const kinds = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), fc.constantFrom(...roundings), async (seed, rounding) => {
        const graph = await randomPruned(seed, rounding);
        const less = verifyGraph(eliminateChannels.run(graph), 'eliminate-channels');
        before += channelsOf(graph);
        after += channelsOf(less);
        for (const [i, node] of less.nodes.entries()) {
          if (node.type.shape.channels !== graph.nodes[i].type.shape.channels) kinds.add(node.op);
        }
        for (const vector of vectorsOf(graph)) {
          const result = runReference(less, vector).get(less.output);
          expect(result).toEqual(runReference(graph, vector).get(graph.output));
        }
      }),
      { numRuns: exhaustive ? 2000 : 150 },
    );
    console.log(`${after} of ${before} channels stay; went from ${[...kinds].sort().join(' ')}`);
    expect(after).toBeLessThan(0.9 * before);
  }, 600_000);
});
