import { describe, expect, it } from 'vitest';
import { CompileError } from '../../src/diagnostics/diagnostic.js';
import { type ActivationBitsRule, int16Activations } from '../../src/quantize/activation-bits.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { int16Ranges } from '../../src/quantize/int16-ranges.js';
import { buildModel, makeModel } from '../ops/models.js';

const int16 = (...patterns: string[]): ActivationBitsRule[] => patterns.map(pattern => ({ pattern, bits: 16 }));

const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics[0];
    throw error;
  }
  throw new Error('not refused');
};

describe('layers with int16 activations', () => {
  it('are those that rules name, and what passes their values on; the last rule counts', async () => {
    const { fused } = await makeModel('pools');
    const [, pool, , conv, last] = fused.nodes.map(({ name }) => name);
    expect([...int16Activations(fused, int16(conv))]).toEqual([conv, last]);
    expect([...int16Activations(fused, [...int16('*'), { pattern: conv, bits: 8 }])]).toEqual([]);
    // Pools have the scale of the input, and no name in the list.
    expect(refusal(() => int16Activations(fused, int16(pool))).code).toBe('E0506');
  });

  it('never the input, unless it is named and has no scale', async () => {
    const { fused } = await makeModel('conv');
    const [source] = fused.nodes;
    expect(int16Activations(fused, int16('*')).has(source.name)).toBe(false);
    expect(refusal(() => int16Activations(fused, int16(source.name)))).toMatchObject({ code: 'E0508' });
    const free = { ...source, attributes: { height: 7, width: 5, channels: 4 } };
    const undeclared = { ...fused, nodes: [free, ...fused.nodes.slice(1)] };
    expect([...int16Activations(undeclared, int16(source.name))]).toEqual([source.name]);
    expect(int16Activations(undeclared, int16('*')).has(source.name)).toBe(false);
  });

  it('are refused by name, and left out of a pattern, where something needs int8', async () => {
    const { fused } = await buildModel(
      'table',
      'height: 3, width: 3, channels: 2',
      "x = conv(x, { name: 'a', channels: 2, kernel: 1 }); x = conv(x, { name: 'b', channels: 2, kernel: 1 }); x = activation(x, { kind: 'tanh', name: 'table' });",
    );
    expect([...int16Activations(fused, int16('*'))]).toEqual(['a']);
    expect(refusal(() => int16Activations(fused, int16('b')))).toMatchObject({
      code: 'E0508',
      message: expect.stringMatching(/^the activations of 'b' cannot be int16: activation '.*' takes no int16$/),
    });
  });

  it('softmax of int16 makes int16', async () => {
    const { fused } = await makeModel('nchw');
    const names = fused.nodes.filter(({ op }) => op === 'dense' || op === 'softmax').map(({ name }) => name);
    expect([...int16Activations(fused, int16('*'))]).toEqual(names);
  });

  it('an input that is declared as int16 is', async () => {
    const { fused } = await makeModel('conv');
    const [source, ...others] = fused.nodes;
    const declared = { ...source, attributes: { ...source.attributes, zeroPoint: 0, bits: 16 } };
    const graph = { ...fused, nodes: [declared, ...others] };
    expect([...int16Activations(graph, [])]).toEqual([source.name]);
  });

  it('are those that meet an int16 input, asked for or not', async () => {
    const meeting = async (body: string) => {
      const { fused } = await buildModel('meeting', 'height: 3, width: 4, channels: 2', body);
      const [source, ...others] = fused.nodes;
      const attributes = { ...source.attributes, scale: 2 ** -15, zeroPoint: 0, bits: 16 };
      return { ...fused, nodes: [{ ...source, attributes }, ...others] };
    };
    const residual = await meeting(
      "x = add(x, conv(x, { name: 'c', channels: 2, kernel: 1 })); x = conv(x, { channels: 3, kernel: 1 });",
    );
    expect([...int16Activations(residual, [])]).toEqual(['c', 'input']);
    const joined = await meeting("x = concat([x, conv(x, { name: 'c', channels: 2, kernel: 1 })], { name: 'both' });");
    expect(int16Activations(joined, []).has('both')).toBe(true);
    expect(int16Activations(joined, []).has('c')).toBe(true);
    const impossible = await meeting("x = add(x, activation(conv(x, { channels: 2, kernel: 1 }), 'sigmoid'));");
    expect(refusal(() => int16Activations(impossible, []))).toMatchObject({ code: 'E0508' });
    const unable = await meeting("x = activation(x, 'hardSwish'); x = conv(x, { channels: 2, kernel: 1 });");
    expect(refusal(() => int16Activations(unable, []))).toMatchObject({ code: 'E0508' });
  });

  it('are of one type where they meet', async () => {
    const { fused } = await buildModel(
      'meet',
      'height: 3, width: 3, channels: 2',
      "const a = conv(x, { name: 'a', channels: 2, kernel: 1 }); const b = conv(x, { name: 'b', channels: 2, kernel: 1 }); x = add(a, b); x = conv(x, { name: 'c', channels: 2, kernel: 1 });",
    );
    expect([...int16Activations(fused, int16('a', 'b'))]).toEqual(['a', 'b']);
    expect(refusal(() => int16Activations(fused, int16('a')))).toMatchObject({
      code: 'E0508',
      message: "the activations of 'a' cannot be int16: add 'add' would read int8 and int16 together",
    });
  });

  it('that are joined have one scale, which holds all of them; others have their own', async () => {
    const { fused, images } = await buildModel(
      'joined',
      'height: 3, width: 3, channels: 2',
      "const a = conv(x, { name: 'a', channels: 2, kernel: 1 }); const b = maxPool(conv(x, { name: 'b', channels: 2, kernel: 1 }), { kernel: 1 }); x = concat([a, b], { name: 'ab' }); x = conv(x, { name: 'c', channels: 2, kernel: 1 });",
    );
    const histograms = await calibrate(fused, images);
    const ranges = int16Ranges(fused, int16Activations(fused, int16('*')), histograms);
    expect([...ranges.keys()].sort()).toEqual(['a', 'ab', 'b', 'c']);
    const largest = (...names: string[]) =>
      Math.max(...names.flatMap(name => [histograms.get(name)?.max ?? 0, -(histograms.get(name)?.min ?? 0)]));
    const wanted = { scale: largest('a', 'b') / 32767, zeroPoint: 0, bits: 16 };
    for (const name of ['a', 'b', 'ab']) expect(ranges.get(name)).toEqual(wanted);
    expect(ranges.get('c')).toEqual({ ...wanted, scale: largest('c') / 32767 });
    expect(largest('a')).not.toBe(largest('b'));
    expect(refusal(() => int16Activations(fused, int16('a')))).toMatchObject({ code: 'E0508' });
  });
});
