import { beforeAll, describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { Session } from '../../src/diagnostics/session.js';
import type { InputSet } from '../../src/frontend/arrays/images.js';
import type { FloatGraph } from '../../src/ir/graph.js';
import { subByteLimit, subByteWidths } from '../../src/ir/tensor.js';
import { Random } from '../../src/numeric/random.js';
import { quantiseModel } from '../../src/pipeline/index.js';
import { matches } from '../../src/quantize/name-pattern.js';
import { lowerModel } from '../../src/quantize/quantise.js';
import { subByteLayers, weightLayers } from '../../src/quantize/weight-bits.js';
import { makeModel } from '../ops/models.js';

const [height, width, channels, count] = [8, 8, 3, 40];

function images(): InputSet {
  const random = new Random('narrow');
  const data = new Float32Array(count * height * width * channels);
  for (let k = 0; k < count; k++) {
    const [a, b, c] = [random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1)];
    for (let i = 0; i < height * width * channels; i++) {
      const at = Math.floor(i / channels);
      const [y, x] = [Math.floor(at / width) / 4 - 1, (at % width) / 4 - 1];
      data[k * height * width * channels + i] = a + b * x * (1 + (i % channels) / 3) + c * y * y;
    }
  }
  return { kind: 'real', count, shape: { height, width, channels }, data };
}

describe('patterns of layer names', () => {
  it.each([
    ['block1.pw', 'block1.pw', true],
    ['block1.pw', 'block1.pw2', false],
    ['*.pw', 'block1.pw', true],
    ['*.pw', 'pw', false],
    ['block*.pw', 'block12.pw', true],
    ['block*.pw', 'block1.conv', false],
    ['*', '', true],
    ['b*1*w', 'block1.pw', true],
    ['b*2*w', 'block1.pw', false],
    ['ab*ba', 'aba', false],
    ['a*b*b', 'ab', false],
    ['block1.pw', 'block1xpw', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });
});

describe('narrow weights', () => {
  let graph: FloatGraph;
  beforeAll(async () => {
    graph = (await makeModel('block')).fused;
  });

  it('of several rules the last that fits counts', () => {
    const rules = [
      { pattern: 'b.*', bits: 4 },
      { pattern: 'b.conv', bits: 8 },
      { pattern: 'b.pw', bits: 2 },
    ] as const;
    const names = weightLayers(graph).map(({ name }) => name);
    const widths = subByteLayers(graph, rules);
    expect(widths.get('b.pw')).toBe(2);
    expect(widths.has('b.conv')).toBe(false);
    const rest = names.filter(name => name.startsWith('b.') && !['b.conv', 'b.pw'].includes(name));
    expect(rest.map(name => widths.get(name))).toEqual(rest.map(() => 4));
  });

  it('a rule that fits no layer is refused, and says which there are', () => {
    try {
      subByteLayers(graph, [{ pattern: 'b.pv', bits: 4 }]);
      expect.fail('it was taken');
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      expect(error.diagnostics[0]).toMatchObject({ code: 'E0506', hint: 'did you mean b.pw?' });
    }
  });

  it.each(subByteWidths)('%i bits hold the values, and the graph says so', async bits => {
    const rules = [{ pattern: 'b.conv', bits }];
    const quantised = await quantiseModel(graph, images(), { weightBits: rules }, new Session());
    const lowered = lowerModel(quantised);
    for (const node of lowered.nodes)
      expect(node.constants.weight?.bits).toBe(node.name === 'b.conv' ? bits : undefined);
    const { data } = lowered.nodes.find(node => node.name === 'b.conv')?.constants.weight ?? expect.fail('no weights');
    expect(Math.max(...data)).toBe(subByteLimit(bits));
    expect(Math.min(...data)).toBe(-subByteLimit(bits));
    expect(quantised.quality?.find(({ name }) => name === 'b.conv')?.weightBits).toBe(bits);
  });
});
