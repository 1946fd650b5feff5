import { describe, expect, it } from 'vitest';
import { layersOf, run } from './run.js';
import { activation, int8, type NetworkSpec, type TensorSpec } from './write-tflite.js';

/** x op RELU6(x): one tensor in two forms. */
function pair(
  kind: string,
  a: TensorSpec,
  constant: TensorSpec | undefined,
  output: TensorSpec,
  swap = false,
  options = {},
): NetworkSpec {
  const inputs = constant === undefined ? [0, 0] : swap ? [1, 0] : [0, 1];
  return { tensors: [a, constant ?? activation([1], 1), output], operators: [{ kind, inputs, outputs: [2], options }] };
}

/** Two tensors of one input: its halves. */
function halves(
  kind: string,
  scales: readonly [number, number, number],
  zeros: readonly [number, number, number],
): NetworkSpec {
  const part = (i: number) => activation([1, 1, 1, 1], scales[i], zeros[i]);
  const raw = activation([1, 1, 1, 1], 1);
  return {
    tensors: [activation([1, 1, 1, 2], 1), int8([3], [], [1], { type: 'INT32' }), raw, raw, part(0), part(1), part(2)],
    operators: [
      { kind: 'SPLIT', inputs: [1, 0], outputs: [2, 3], options: { num_splits: 2 } },
      { kind: 'QUANTIZE', inputs: [2], outputs: [4] },
      { kind: 'QUANTIZE', inputs: [3], outputs: [5] },
      { kind, inputs: [4, 5], outputs: [6] },
    ],
  };
}

describe('ADD, SUB and MUL of two tensors', () => {
  // docs/numeric.md has this example of TFLite's AddElementwise: 9.5 steps below zero go away from zero.
  it('ADD', () => {
    // a = -11 with scale 1/2 and zero point -3 is -4; b = 7 with scale 1/4 and zero point 10 is -0.75, of which 1 is nearest.
    expect(run(halves('ADD', [0.5, 0.25, 0.5], [-3, 10, -1]), [-4, -1])).toEqual([-11]);
    expect(run(halves('ADD', [0.5, 0.25, 0.5], [-3, 10, -1]), [-4, 3])).toEqual([-3]);
  });

  it('SUB', () => {
    expect(run(halves('SUB', [0.5, 0.25, 0.5], [-3, 10, -1]), [-4, 3])).toEqual([-15]);
    expect(run(halves('SUB', [0.5, 0.25, 1], [0, 0, 0]), [5, -7])).toEqual([12]);
  });

  it('MUL', () => {
    expect(run(halves('MUL', [0.5, 0.25, 0.5], [-3, 10, -1]), [-4, 3])).toEqual([-25]);
    expect(run(halves('MUL', [1, 1, 4], [0, 0, 0]), [5, 2])).toEqual([3]); // 10 / 4 = 2.5
    expect(run(halves('MUL', [1, 1, 4], [0, 0, 0]), [5, -2])).toEqual([-3]); // and away from zero
  });

  it('of one row or channel for all', () => {
    const network: NetworkSpec = {
      tensors: [
        activation([1, 2, 2, 2], 1),
        activation([1, 1, 1, 2], 1),
        int8([1, 2], [2], [1], { type: 'INT32' }),
        activation([1, 2, 2, 2], 1),
      ],
      operators: [
        { kind: 'MEAN', inputs: [0, 2], outputs: [1] },
        { kind: 'MUL', inputs: [0, 1], outputs: [3] },
      ],
    };
    expect(layersOf(network)).toEqual(['mean', 'mul']);
    expect(run(network, [1, 10, 2, 9, 3, 8, 6, 5])).toEqual([3, 80, 6, 72, 9, 64, 18, 40]);
  });
});

describe('with a constant', () => {
  const x = activation([1, 2, 1, 2], 0.5, 2);
  const y = activation([1, 2, 1, 2], 0.25, -4);

  it('ADD is a table for each channel', () => {
    const network = pair('ADD', x, int8([8, -8], [1, 1, 1, 2], [0.25]), y);
    expect(layersOf(network)).toEqual(['lookup']);
    // 0 + 2, 1.5 - 2, 2 + 2, -1.5 - 2 in steps of 1/4 above -4.
    expect(run(network, [2, 5, 6, -1])).toEqual([4, -6, 12, -18]);
  });

  it('SUB keeps the order of its operands', () => {
    const one = int8([8], [], [0.25]);
    expect(run(pair('SUB', x, one, y), [2, 5, 6, -1])).toEqual([-12, -6, -4, -18]);
    expect(run(pair('SUB', x, one, y, true), [2, 5, 6, -1])).toEqual([4, -2, -4, 10]);
  });

  it('MUL, with its clamp', () => {
    const network = pair('MUL', x, int8([8, -8], [2], [0.25]), y, false, { fused_activation_function: 1 });
    // 0 * 2, 1.5 * -2, 2 * 2, -1.5 * -2; nothing below zero.
    expect(run(network, [2, 5, 6, -1])).toEqual([-4, -4, 12, 8]);
  });

  it('gives what the same values give as a tensor', () => {
    const values = Array.from({ length: 64 }, (_, i) => i * 4 - 128);
    for (const kind of ['ADD', 'SUB', 'MUL']) {
      const tensor = halves(kind, [0.37, 0.21, 0.9], [5, -9, 11]);
      // QUANTIZE brings 1 to the second scale as it brings it there.
      const step = run({ ...tensor, outputs: [5] }, [0, 1])[0];
      const fixed: NetworkSpec = {
        ...tensor,
        tensors: tensor.tensors.map((spec, i) => (i === 5 ? { ...spec, data: [step] } : spec)),
        operators: tensor.operators.filter((_, i) => i !== 2),
      };
      for (const value of values) expect(run(fixed, [value, 1]), kind).toEqual(run(tensor, [value, 1]));
    }
  });
});
