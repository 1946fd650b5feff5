import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/ir/graph.js';
import { floatPasses, runPasses } from '../../src/passes/index.js';
import { readText, withBody } from '../frontend/read-text.js';

/** What the passes leave of a model: a line per node after the input, with what was fused into it. */
async function fused(body: string): Promise<string[]> {
  const { graph, diagnostics } = await readText(withBody(body));
  expect(diagnostics).toEqual([]);
  const { nodes, output } = runPasses(graph ?? expect.fail('no graph'), floatPasses);
  return [...nodes.slice(1).map(line), `-> ${output}`];
}

function line({ name, op, inputs, attributes }: Node): string {
  const { activation, affine } = attributes as { activation?: { kind: string }; affine?: boolean };
  const fusion = activation === undefined || activation.kind === 'identity' ? '' : ` ${activation.kind}`;
  return `${name} = ${op}(${inputs.join(', ')})${fusion}${affine === true ? ' affine' : ''}`;
}

const conv = (name: string, from = 'x') => `conv(${from}, { name: '${name}', channels: 4, kernel: 1 })`;
const act = (from: string, kind: string) => `activation(${from}, { name: 'act', kind: '${kind}' })`;

describe('after an addition', () => {
  it.each(['relu', 'relu6'])('%s becomes its clamp', async kind => {
    expect(await fused(`x = ${act(`add(x, ${conv('c')}, { name: 'sum' })`, kind)};`)).toEqual([
      'c = conv(input)',
      `sum = add(input, c) ${kind}`,
      '-> sum',
    ]);
  });

  it('other activations stay, as a table or as a depthwise conv', async () => {
    const leaky = `activation(add(x, x, { name: 'sum' }), { name: 'act', kind: 'leakyRelu', slope: 0.1 })`;
    expect(await fused(`x = ${leaky};`)).toEqual(['sum = add(input, input)', 'act = activation(sum)', '-> act']);
    expect(await fused(`x = ${act("add(x, x, { name: 'sum' })", 'prelu')};`)).toEqual([
      'sum = add(input, input)',
      'act = depthwiseConv(sum) prelu',
      '-> act',
    ]);
  });

  it('one clamp alone is taken in', async () => {
    expect(await fused(`x = activation(${act("add(x, x, { name: 'sum' })", 'relu')}, 'relu6');`)).toEqual([
      'sum = add(input, input) relu',
      'activation = activation(sum)',
      '-> activation',
    ]);
  });

  it('an identity goes, also from between an addition and its clamp', async () => {
    expect(await fused(`x = activation(${act("add(x, x, { name: 'sum' })", 'identity')}, 'relu');`)).toEqual([
      'sum = add(input, input) relu',
      '-> sum',
    ]);
  });

  it('a batch norm becomes a depthwise conv, which takes in what follows it', async () => {
    expect(
      await fused(
        `x = ${act("batchNorm(activation(add(x, x, { name: 'sum' }), 'relu'), { name: 'norm' })", 'relu6')};`,
      ),
    ).toEqual(['sum = add(input, input) relu', 'norm = depthwiseConv(sum) relu6', '-> norm']);
  });
});

describe('a tensor with two readers', () => {
  it('keeps its activation apart: a sum', async () => {
    expect(
      await fused(`const sum = add(x, ${conv('c')}, { name: 'sum' });\nx = add(sum, ${act('sum', 'relu')});`),
    ).toEqual(['c = conv(input)', 'sum = add(input, c)', 'act = activation(sum)', 'add = add(sum, act)', '-> add']);
  });

  it('keeps its activation and its batch norm apart: a conv', async () => {
    expect(
      await fused(`const y = ${conv('c')};\nx = add(${act('y', 'relu')}, batchNorm(y, { name: 'norm' }));`),
    ).toEqual(['c = conv(input)', 'act = activation(c)', 'norm = depthwiseConv(c)', 'add = add(act, norm)', '-> add']);
  });

  it('keeps a batch norm after its activation apart', async () => {
    expect(await fused(`const y = ${act(conv('c'), 'relu')};\nx = add(y, batchNorm(y, { name: 'norm' }));`)).toEqual([
      'c = conv(input) relu',
      'norm = depthwiseConv(c)',
      'add = add(c, norm)',
      '-> add',
    ]);
  });

  it('is one reader when an addition reads it twice, and each branch is fused by itself', async () => {
    expect(await fused(`const y = ${act(conv('c'), 'relu')};\nx = add(y, y);`)).toEqual([
      'c = conv(input) relu',
      'add = add(c, c)',
      '-> add',
    ]);
    expect(await fused(`x = add(batchNorm(${conv('a')}), ${act(conv('b'), 'prelu')});`)).toEqual([
      'a = conv(input)',
      'b = conv(input) prelu',
      'add = add(a, b)',
      '-> add',
    ]);
  });

  it('keeps its flatten when a dense layer is not all that reads it', async () => {
    expect(await fused('const y = flatten(x);\nx = add(dense(y, { units: 256 }), y);')).toEqual([
      'flatten = flatten(input)',
      'dense = dense(flatten)',
      'add = add(dense, flatten)',
      '-> add',
    ]);
  });
});
