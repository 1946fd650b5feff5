import { describe, expect, it } from 'vitest';
import { blockTable } from '../../src/frontend/blocks/index.js';
import type { Graph, Node } from '../../src/ir/graph.js';
import { readText } from './read-text.js';

/** `dw 8x8x4 <- x: depthwiseConv [3,3] / [1,1]`: what each op makes, of what, and how. */
async function opsOf(kind: string, options: string, channels = 4): Promise<readonly string[]> {
  const { graph, diagnostics } = await readText(`import { defineModel, ${kind}, input } from 'effnetc';
export default defineModel('m', () => ${kind}(input({ name: 'x', height: 8, width: 6, channels: ${channels} }), ${options}));
`);
  expect(diagnostics).toEqual([]);
  const { nodes }: Graph = graph ?? expect.fail('no graph');
  return nodes.slice(1).map(describeNode);
}

const short = (name: string) => name.replace(/^b\./, '');

function describeNode({ name, op, inputs, attributes, type: { shape } }: Node): string {
  const { kernel, stride, groups = 1, from, bias, weightBits, function: act } = attributes;
  const window = kernel === undefined ? '' : ` ${JSON.stringify(kernel)} / ${JSON.stringify(stride)}`;
  const more = [
    groups === 1 ? '' : ` groups ${groups}`,
    from === undefined ? '' : ` from ${from}`,
    bias ? ' bias' : '',
    weightBits === undefined ? '' : ` of ${weightBits} bits`,
  ];
  const kind = typeof act === 'object' && 'kind' in act ? String(act.kind) : op;
  return `${short(name)} ${shape.height}x${shape.width}x${shape.channels} <- ${inputs.map(short).join(', ')}: ${kind}${window}${more.join('')}`;
}

describe('mobilenetBlock', () => {
  it('is a depthwise and a 1x1 conv, each with batch norm and relu', async () => {
    expect(await opsOf('mobilenetBlock', "{ name: 'b', channels: 10, stride: [2, 1] }")).toEqual([
      'dw 4x6x4 <- x: depthwiseConv [3,3] / [2,1]',
      'dw.bn 4x6x4 <- dw: batchNorm',
      'dw.act 4x6x4 <- dw.bn: relu',
      'pw 4x6x10 <- dw.act: conv [1,1] / [1,1]',
      'pw.bn 4x6x10 <- pw: batchNorm',
      'pw.act 4x6x10 <- pw.bn: relu',
    ]);
  });

  it('has the kernel, activation and bias that are asked for', async () => {
    const options = "{ name: 'b', channels: 3, kernel: [1, 5], activation: 'hardSwish', batchNorm: 'none' }";
    expect(await opsOf('mobilenetBlock', options)).toEqual([
      'dw 8x6x4 <- x: depthwiseConv [1,5] / [1,1] bias',
      'dw.act 8x6x4 <- dw: hardSwish',
      'pw 8x6x3 <- dw.act: conv [1,1] / [1,1] bias',
      'pw.act 8x6x3 <- pw: hardSwish',
    ]);
  });
});

describe('invertedResidual', () => {
  const ops = (options: string) => opsOf('invertedResidual', `{ name: 'b', batchNorm: 'none', ${options} }`);

  it('adds its input where the shape stays', async () => {
    expect(await ops('channels: 4')).toEqual([
      'expand 8x6x24 <- x: conv [1,1] / [1,1] bias',
      'expand.act 8x6x24 <- expand: relu6',
      'dw 8x6x24 <- expand.act: depthwiseConv [3,3] / [1,1] bias',
      'dw.act 8x6x24 <- dw: relu6',
      'project 8x6x4 <- dw.act: conv [1,1] / [1,1] bias',
      'add 8x6x4 <- x, project: add',
    ]);
  });

  it.each(['channels: 5', 'channels: 4, stride: 2', 'channels: 4, stride: [1, 2]'])(
    'does not with %s',
    async options => {
      expect((await ops(options)).at(-1)).toContain('project');
    },
  );

  it('has no first conv where it would not expand', async () => {
    expect((await ops('channels: 4, expansion: 1'))[0]).toBe('dw 8x6x4 <- x: depthwiseConv [3,3] / [1,1] bias');
  });
});

describe('shufflenetUnit', () => {
  const ops = (options: string) => opsOf('shufflenetUnit', `{ name: 'b', batchNorm: 'none', ${options} }`, 8);

  it('adds its input', async () => {
    expect(await ops('channels: 8, groups: 2')).toEqual([
      'reduce 8x6x2 <- x: conv [1,1] / [1,1] groups 2 bias',
      'reduce.act 8x6x2 <- reduce: relu',
      'shuffle 8x6x2 <- reduce.act: channelShuffle groups 2',
      'dw 8x6x2 <- shuffle: depthwiseConv [3,3] / [1,1] bias',
      'expand 8x6x8 <- dw: conv [1,1] / [1,1] groups 2 bias',
      'add 8x6x8 <- x, expand: add',
      'act 8x6x8 <- add: relu',
    ]);
  });

  it('puts its average pool before with a stride', async () => {
    expect(await ops('channels: 24, groups: 4, firstGroups: 1, bottleneck: 4, stride: 2')).toEqual([
      'reduce 8x6x4 <- x: conv [1,1] / [1,1] bias',
      'reduce.act 8x6x4 <- reduce: relu',
      'shuffle 8x6x4 <- reduce.act: channelShuffle groups 4',
      'dw 4x3x4 <- shuffle: depthwiseConv [3,3] / [2,2] bias',
      'expand 4x3x16 <- dw: conv [1,1] / [1,1] groups 4 bias',
      'pool 4x3x8 <- x: avgPool [3,3] / [2,2]',
      'concat 4x3x24 <- pool, expand: concat',
      'act 4x3x24 <- concat: relu',
    ]);
  });

  it('ends in the last conv without a shortcut', async () => {
    expect((await ops('channels: 16, groups: 4, stride: 2, shortcut: false')).slice(-2)).toEqual([
      'expand 4x3x16 <- dw: conv [1,1] / [1,1] groups 4 bias',
      'expand.act 4x3x16 <- expand: relu',
    ]);
  });
});

describe('mixConv', () => {
  const ops = (options: string, channels?: number) =>
    opsOf('mixConv', `{ name: 'b', batchNorm: 'none', ${options} }`, channels);

  it('splits the channels, what is left over to the first; relu is part of each conv', async () => {
    expect(await ops('kernels: [3, [1, 5]], stride: 2', 5)).toEqual([
      'split1 8x6x3 <- x: slice from 0',
      'dw1 4x3x3 <- split1: depthwiseConv [3,3] / [2,2] bias',
      'dw1.act 4x3x3 <- dw1: relu',
      'split2 8x6x2 <- x: slice from 3',
      'dw2 4x3x2 <- split2: depthwiseConv [1,5] / [2,2] bias',
      'dw2.act 4x3x2 <- dw2: relu',
      'concat 4x3x5 <- dw1.act, dw2.act: concat',
    ]);
  });

  it('has one activation after it that no conv takes in', async () => {
    const all = await ops("kernels: [3, 5], activation: 'swish'");
    expect(all.filter(line => line.includes('swish'))).toEqual(['act 8x6x4 <- concat: swish']);
  });

  it('of one kernel is a depthwise conv', async () => {
    expect(await ops("kernels: [7], activation: 'swish'")).toEqual([
      'dw1 8x6x4 <- x: depthwiseConv [7,7] / [1,1] bias',
      'dw1.act 8x6x4 <- dw1: swish',
    ]);
  });
});

describe('squeezeExcite and swish', () => {
  it('multiplies each channel', async () => {
    expect(await opsOf('squeezeExcite', "{ name: 'b', activation: 'swish' }", 9)).toEqual([
      'mean 1x1x9 <- x: mean',
      'reduce 1x1x2 <- mean: conv [1,1] / [1,1] bias',
      'reduce.act 1x1x2 <- reduce: swish',
      'expand 1x1x9 <- reduce.act: conv [1,1] / [1,1] bias',
      'expand.act 1x1x9 <- expand: sigmoid',
      'scale 8x6x9 <- x, expand.act: mul',
    ]);
    expect((await opsOf('squeezeExcite', "{ name: 'b', bottleneck: 5 }", 9))[1]).toContain('reduce 1x1x5');
    expect((await opsOf('squeezeExcite', "{ name: 'b', ratio: 0.01 }", 9))[1]).toContain('reduce 1x1x1');
  });

  it('swish needs no name and takes one', async () => {
    expect(await opsOf('swish', '{}')).toEqual(['activation 8x6x4 <- x: swish']);
    expect(await opsOf('swish', "{ name: 's' }")).toEqual(['s 8x6x4 <- x: swish']);
  });
});

it('every block has its summary and takes one tensor', () => {
  for (const block of blockTable.values()) expect([block.summary.length > 10, block.arity]).toEqual([true, 1]);
});

describe('binaryConv', () => {
  it('is a conv with weights of a bit, and all that a conv has', async () => {
    const options =
      "{ name: 'b', channels: 6, kernel: [1, 3], stride: [2, 1], padding: 'same', groups: 2, bias: false }";
    expect(await opsOf('binaryConv', options)).toEqual(['b 4x6x6 <- x: conv [1,3] / [2,1] groups 2 of 1 bits']);
    expect(await opsOf('binaryConv', '{ channels: 6, kernel: 1 }')).toEqual([
      'conv 8x6x6 <- x: conv [1,1] / [1,1] bias of 1 bits',
    ]);
  });
});
