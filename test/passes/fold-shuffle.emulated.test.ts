import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runReference } from '../../src/interpreter/reference.js';
import type { IntegerGraph } from '../../src/ir/graph.js';
import { elementCount } from '../../src/ir/tensor.js';
import { Random } from '../../src/numeric/random.js';
import { roundings } from '../../src/numeric/requantise.js';
import { packageRoot } from '../../src/package-root.js';
import { foldShuffle } from '../../src/passes/fold-shuffle.js';
import { compileModel, sourceOf } from '../../src/pipeline/index.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { referenceTensors } from '../../src/run/compare.js';
import { hostDriver } from '../../src/run/host.js';
import { randomVectors } from '../../src/run/vectors.js';
import { verifyDrivers } from '../../src/run/verify.js';
import { loadTarget } from '../../src/target/load-target.js';
import { buildModel } from '../ops/models.js';

/** A chain with shuffles in many places: after grouped convs and others, in a row, before pools, sums and the end. */
function chain(seed: number): string {
  const random = new Random(`shuffles ${seed}`);
  const pick = <T>(of: readonly T[]): T => of[(random.word() >>> 1) % of.length];
  const layers = {
    conv: () => `conv(x, { channels: 12, kernel: ${pick([1, 3])}, padding: 'same', groups: ${pick([1, 2, 3, 4])} })`,
    depthwise: () => `depthwiseConv(x, { kernel: 3, padding: 'same' })`,
    multiplied: () => `conv(depthwiseConv(x, { kernel: 1, multiplier: 2 }), { channels: 12, kernel: 1 })`,
    pool: () => `${pick(['maxPool', 'avgPool'])}(x, { kernel: 2, stride: 1, padding: 'same' })`,
    shuffle: () => `channelShuffle(x, { groups: ${pick([2, 3, 4, 6])} })`,
    sum: () => 'add(x, channelShuffle(x, { groups: 2 }))',
    prelu: () => "activation(x, { kind: 'prelu' })",
    leaky: () => "activation(x, { kind: 'leakyRelu', slope: 0.2 })",
  };
  const kinds = ['conv', 'conv', 'shuffle', 'shuffle', 'shuffle', ...Object.keys(layers)] as (keyof typeof layers)[];
  const lines = Array.from({ length: 9 }, () => `x = ${layers[pick(kinds)]()};`);
  if (pick([true, false])) lines.push('x = dense(x, { units: 5 });');
  return `x = conv(x, { channels: 12, kernel: 1, groups: 3 }); ${lines.join(' ')}`;
}

const seeds = Array.from({ length: process.env.EFFNETC_EXHAUSTIVE === '1' ? 200 : 24 }, (_, i) => i + 1);
const shuffles = (graph: IntegerGraph) => graph.nodes.filter(node => node.op === 'channelShuffle').length;

async function lowered(seed: number): Promise<IntegerGraph> {
  const { fused, images } = await buildModel(`s${seed}`, 'height: 4, width: 5, channels: 6', chain(seed));
  const rounding = roundings[seed % roundings.length];
  return lowerModel(quantiseGraph(fused, await calibrate(fused, images.slice(0, 2)), rounding));
}

const vectorsOf = (graph: IntegerGraph) => randomVectors(3, elementCount(sourceOf(graph).type.shape));

describe('integer models', () => {
  it('give the same bytes without their shuffles, of which many go', async () => {
    let before = 0;
    let after = 0;
    for (const seed of seeds) {
      const graph = await lowered(seed);
      const folded = foldShuffle.run(graph);
      before += shuffles(graph);
      after += shuffles(folded);
      for (const vector of vectorsOf(graph)) {
        const image = Int8Array.from(vector);
        const result = runReference(folded, image).get(folded.output);
        expect(result, `seed ${seed}`).toEqual(runReference(graph, image).get(graph.output));
      }
    }
    expect(before).toBeGreaterThan(2 * seeds.length);
    expect(after).toBeLessThan(before - seeds.length);
  });

  it.each(seeds.slice(0, 4))('their C equals the reference, seed %i', async seed => {
    const graph = foldShuffle.run(await lowered(seed));
    const source = { model: join(packageRoot(), 'package.json') };
    const rounding = roundings[seed % roundings.length];
    const { firmware } = compileModel({ graph, rounding, source }, loadTarget('host'), '0.0.0');
    const reason = hostDriver.unavailable(firmware);
    if (reason !== undefined && process.env.CI !== 'true') return console.warn(`skipped: ${reason}`);
    const vectors = vectorsOf(graph);
    const reports = await verifyDrivers(graph, firmware, vectors, await referenceTensors(graph, vectors), [hostDriver]);
    expect(reports).toEqual([{ name: 'host', status: 'equal' }]);
  });
});
