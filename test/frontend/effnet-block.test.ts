import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Session } from '../../src/diagnostics/session.js';
import { readModel } from '../../src/frontend/read-model.js';
import { type Graph, GraphIndex, type Node } from '../../src/ir/graph.js';
import { opTable } from '../../src/ops/index.js';
import { readText } from './read-text.js';

const example = (file: string) => readModel(path.join('examples', file), { ops: opTable, session: new Session() });

async function block(options: string, input = '{ height: 16, width: 16, channels: 64 }'): Promise<Graph> {
  const { graph, diagnostics } = await readText(`import { defineModel, effnetBlock, input } from 'effnetc';
export default defineModel('m', () => effnetBlock(input(${input}), { name: 'b', ${options} }));
`);
  expect(diagnostics).toEqual([]);
  return graph ?? expect.fail('no graph');
}

/** `pw 32: conv > batchNorm > relu` per step. */
function steps(graph: Graph): readonly string[] {
  const named = graph.nodes
    .filter(node => node.name !== 'input')
    .map(node => ({ node, part: node.name.split('.')[1] }));
  return [...new Set(named.map(({ part }) => part))].map(part => {
    const nodes = named.filter(other => other.part === part).map(({ node }) => node);
    const { height, width, channels } = nodes.at(-1)?.type.shape ?? expect.fail();
    return `${part} ${height}x${width}x${channels}: ${nodes.map(describeNode).join(' > ')}`;
  });
}

function describeNode({ op, attributes }: Node): string {
  const { function: activation } = attributes as { function?: { kind: string; slope?: number } };
  return activation === undefined
    ? op
    : [activation.kind, activation.slope].filter(part => part !== undefined).join(' ');
}

function totalMacs(graph: Graph): number {
  const index = new GraphIndex(graph);
  return graph.nodes.reduce((sum, node) => {
    const op = opTable.get(node.op) ?? expect.fail();
    return (
      sum +
      op.macs(
        node,
        index.inputTypes(node).map(type => type.shape),
        node.type.shape,
      )
    );
  }, 0);
}

describe('effnetBlock', () => {
  it('published form', async () => {
    expect(steps(await block('channels: 64', '{ height: 32, width: 32, channels: 3 }'))).toEqual([
      'pw 32x32x32: conv > batchNorm > relu',
      'dw1 32x32x32: depthwiseConv > batchNorm > relu',
      'pool 32x16x32: maxPool',
      'dw2 32x16x32: depthwiseConv > batchNorm > relu',
      'conv 16x16x64: conv > batchNorm > relu',
    ]);
  });

  it('at least 6 channels after the first conv', async () => {
    expect(steps(await block('channels: 8'))[0]).toBe('pw 16x16x6: conv > batchNorm > relu');
  });

  it('revised form', async () => {
    expect(steps(await block('channels: 128, expansion: 2'))).toEqual([
      'pw 16x16x64: conv > batchNorm > leakyRelu 0.3',
      'dw1 16x16x128: depthwiseConv > batchNorm > relu',
      'pool 16x8x128: maxPool',
      'dw2 16x8x128: depthwiseConv > batchNorm > relu',
      'conv 8x8x128: conv > batchNorm > leakyRelu 0.3',
    ]);
  });

  it('as the common Keras code has it', async () => {
    const graph = await block(
      "channels: 128, poolAxis: 'height', strideAxis: 'width', padding: 'same', batchNorm: 'after', activation: { kind: 'leakyRelu', slope: 0.3 }, epsilon: 0.001",
    );
    expect(steps(graph)).toEqual([
      'pw 16x16x64: conv > leakyRelu 0.3 > batchNorm',
      'dw1 16x16x64: depthwiseConv > leakyRelu 0.3 > batchNorm',
      'pool 8x16x64: maxPool',
      'dw2 8x16x64: depthwiseConv > leakyRelu 0.3 > batchNorm',
      'conv 8x8x128: conv > leakyRelu 0.3 > batchNorm',
    ]);
    // One zero row below.
    expect(graph.nodes.find(node => node.name === 'b.conv')?.attributes).toMatchObject({
      kernel: [2, 1],
      stride: [1, 2],
      padding: [0, 1, 0, 0],
      bias: false,
    });
    expect(graph.nodes.filter(node => node.op === 'batchNorm').map(node => node.attributes)).toEqual(
      Array.from({ length: 4 }, () => ({ epsilon: 0.001 })),
    );
  });

  it('without batch norm the convs have a bias; identity takes no node', async () => {
    const graph = await block("channels: 16, bottleneck: 3, multiplier: 2, batchNorm: 'none', activation: 'identity'");
    expect(steps(graph)).toEqual([
      'pw 16x16x3: conv',
      'dw1 16x16x6: depthwiseConv',
      'pool 16x8x6: maxPool',
      'dw2 16x8x6: depthwiseConv',
      'conv 8x8x16: conv',
    ]);
    expect(graph.nodes.filter(node => node.op.endsWith('onv')).map(node => node.attributes.bias)).toEqual(
      Array.from({ length: 4 }, () => true),
    );
  });
});

describe('published figures', () => {
  it('EffNet for CIFAR-10: 5,640,192 MACs', async () => {
    expect(totalMacs(await example('effnet-cifar10/model.ts'))).toBe(5_640_192);
  });

  it.each([
    [2, 8_323_072],
    [4, 14_835_712],
    [6, 21_348_352],
  ])('revised EffNet, r = %i: %i MACs', async (rate, macs) => {
    const { graph, diagnostics } =
      await readText(`import { conv, defineModel, dense, effnetBlock, flatten, input, maxPool } from 'effnetc';
export default defineModel('revised', () => {
  let x = input({ height: 32, width: 32, channels: 3 });
  x = maxPool(conv(x, { name: 'stem', channels: 64, kernel: 3, padding: 'same' }), { kernel: 2 });
  for (const [i, channels] of [128, 256].entries()) x = effnetBlock(x, { name: \`block\${i}\`, channels, expansion: ${rate} });
  return dense(flatten(x), { units: 10 });
});
`);
    expect(diagnostics).toEqual([]);
    expect(totalMacs(graph ?? expect.fail())).toBe(macs);
  });
});

/** The tensors that the trained networks are known to have, as their README lists them. */
describe('names of parameters are those of the trained networks', () => {
  it.each([
    ['effnet-cifar10/model.ts', 1],
    ['effnet-cifar10/leaky-postbn.ts', 2],
  ])('%s', async (file, normIndex) => {
    const { nodes } = await example(file);
    const withParameters = nodes.filter(node => ['conv', 'depthwiseConv', 'batchNorm'].includes(node.op));
    const expected = ['block1', 'block2', 'block3'].flatMap(name =>
      ['pw', 'dw1', 'dw2', 'conv'].flatMap(part => [`${name}.${part}.0`, `${name}.${part}.${normIndex}`]),
    );
    expect(withParameters.flatMap(node => node.aliases ?? [])).toEqual(expected);
    expect(nodes.at(-1)?.name).toBe('fc');
  });
});

describe('examples', () => {
  it('all read from disk without a remark', async () => {
    for (const file of ['effnet-cifar10/model.ts', 'effnet-cifar10/leaky-postbn.ts', 'tiny/model.ts']) {
      const session = new Session();
      expect(existsSync(path.join('examples', file))).toBe(true);
      const graph = await readModel(`examples/${file}`, { ops: opTable, session });
      expect(session.diagnostics).toEqual([]);
      expect(graph.nodes.every(node => node.span?.file === `examples/${file}`)).toBe(true);
    }
  });
});
