import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/ir/graph.js';
import type { Quantisation, TensorType } from '../../src/ir/tensor.js';
import type { Rounding } from '../../src/numeric/requantise.js';
import { add } from '../../src/ops/sum.js';
import { packageRoot } from '../../src/package-root.js';

const directory = join(packageRoot(), '..', 'shared', 'data', 'tflite', 'resnet8');
const here = existsSync(directory);
if (!here) console.warn('skipped add against TFLite Micro: ../shared/data/tflite is not here');

const read = (file: string) => new Int8Array(readFileSync(join(directory, 'ops', file)));

/** The three residual connections of MLPerf Tiny's ResNet-8, each with relu: operator files, and scales of its .tflite. */
const connections: readonly (readonly [
  first: readonly [file: string, scale: number, zeroPoint: number],
  second: readonly [file: string, scale: number, zeroPoint: number],
  sum: readonly [file: string, scale: number, zeroPoint: number],
  channels: number,
])[] = [
  [
    ['op_00.i8', 0.039393551647663116, -128],
    ['op_02.i8', 0.10419496148824692, 4],
    ['op_03.i8', 0.050945673137903214, -128],
    16,
  ],
  [
    ['op_06.i8', 0.044761426746845245, -17],
    ['op_05.i8', 0.11311884224414825, 4],
    ['op_07.i8', 0.0532362163066864, -128],
    32,
  ],
  [
    ['op_10.i8', 0.08385830372571945, 38],
    ['op_09.i8', 0.21724364161491394, -2],
    ['op_11.i8', 0.1270691454410553, -128],
    64,
  ],
];

function compute([first, second, sum, channels]: (typeof connections)[number], rounding: Rounding): Int8Array {
  const operand = ([file, scale, zeroPoint]: typeof first) => {
    const data = read(file);
    const shape = { height: 1, width: data.length / channels, channels };
    return { data, type: { dtype: 'i8', shape, quantisation: { scale, zeroPoint } } satisfies TensorType };
  };
  const [a, b] = [operand(first), operand(second)];
  const output: Quantisation = { scale: sum[1], zeroPoint: sum[2] };
  const node: Node = {
    name: 'sum',
    op: add.kind,
    inputs: ['a', 'b'],
    attributes: { activation: { kind: 'relu' } },
    constants: {},
    type: a.type,
  };
  const lowered = add.lower?.(node, { inputs: [a.type, b.type], output, rounding }) ?? expect.fail();
  return Int8Array.from(add.reference?.(lowered, [a, b]) ?? []);
}

describe.skipIf(!here)('add equals TFLite Micro, every byte', () => {
  it.each(connections.map(connection => [connection[2][0], connection] as const))('%s', (file, connection) => {
    const expected = read(file);
    expect(expected.length).toBeGreaterThan(30000);
    const got = compute(connection, 'tflite');
    expect(got.length).toBe(expected.length);
    expect(got.findIndex((q, i) => q !== expected[i])).toBe(-1);
  });

  it.each(['native', 'tflite-single'] as const)('%s is never more than a step away', rounding => {
    for (const connection of connections) {
      const expected = read(connection[2][0]);
      expect(compute(connection, rounding).every((q, i) => Math.abs(q - expected[i]) <= 1)).toBe(true);
    }
  });

  it('is told apart from a single rounding', () => {
    const [first] = connections;
    const expected = read(first[2][0]);
    expect(compute(first, 'tflite-single').some((q, i) => q !== expected[i])).toBe(true);
  });
});
