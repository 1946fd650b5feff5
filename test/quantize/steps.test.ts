import { beforeAll, describe, expect, it } from 'vitest';
import { constant, subByteLimit } from '../../src/ir/tensor.js';
import { Random } from '../../src/numeric/random.js';
import type { Patches } from '../../src/ops/op.js';
import { accumulatorScale, type LayerConstants, type LayerContext, meanOf } from '../../src/quantize/layers/context.js';
import { correctBiasAnalytically, correctBiasByData } from '../../src/quantize/layers/correct-bias.js';
import { fitWeightScales } from '../../src/quantize/layers/fit-weight-scales.js';
import { momentsOf } from '../../src/quantize/layers/moments.js';
import { searchRounding } from '../../src/quantize/layers/search-rounding.js';
import { errorByMoments, errorByPatches } from '../../src/quantize/layers/squared-error.js';

const [length, channels, images] = [12, 5, 200];
const patches: Patches = {
  groups: 1,
  groupStep: 0,
  outputs: channels,
  length,
  offsets: Int32Array.from({ length }, (_, i) => i),
};
const inputScale = 0.05;
const zeroPoint = -100;
const noTurn = async (): Promise<void> => {};

/** A dense layer whose inputs go together, as those of trained networks do, and whose quantised inputs are off a little. */
function siteOf(random: Random): { context: LayerContext; constants: LayerConstants } {
  const weight = Float32Array.from({ length: channels * length }, () => random.bell() / 4);
  const bias = Float32Array.from({ length: channels }, () => random.uniform(-1, 1));
  const floatInputs = Array.from({ length: images }, () => {
    const common = random.uniform(0, 4);
    return Float32Array.from({ length }, () => common + random.uniform(0, 1));
  });
  const inputs = floatInputs.map(x =>
    Int8Array.from(x, v => Math.round(v / inputScale + random.uniform(0, 1.5)) + zeroPoint),
  );
  const targets = floatInputs.map(x =>
    Float32Array.from(bias, (b, o) => x.reduce((sum, v, i) => sum + v * weight[o * length + i], b)),
  );
  const scale = Array.from(
    { length: channels },
    (_, o) => Math.max(...Array.from(weight.subarray(o * length, (o + 1) * length), Math.abs)) / 7,
  );
  const quantisation = { scale: inputScale, zeroPoint };
  const type = { dtype: 'f32', shape: { height: 1, width: 1, channels } } as const;
  return {
    context: {
      node: {
        name: 'fc',
        op: 'dense',
        inputs: ['x'],
        attributes: { bias: true, activation: { kind: 'identity' }, affine: false },
        constants: { weight: constant('f32', [channels, length], weight), bias: constant('f32', [channels], bias) },
        type,
      },
      patches,
      input: quantisation,
      inputType: { dtype: 'i8', shape: { height: 1, width: 1, channels: length }, quantisation },
      output: { scale: 1, zeroPoint: 0 },
      inputs,
      floatInputs,
      targets,
    },
    // Scales as of 4 bits, so that rounding matters.
    constants: {
      weight: constant(
        'i8',
        [channels, length],
        Array.from(weight, (w, i) => Math.round(w / scale[Math.floor(i / length)])),
      ),
      bias: constant(
        'i32',
        [channels],
        Array.from(bias, (b, o) => Math.round(b / scale[o] / inputScale)),
      ),
      weightScale: constant('f64', [channels], scale),
    },
  };
}

function outputs(context: LayerContext, constants: LayerConstants): Float64Array[] {
  return context.inputs.map(x =>
    Float64Array.from({ length: channels }, (_, o) => {
      let sum = constants.bias.data[o];
      for (let i = 0; i < length; i++) sum += constants.weight.data[o * length + i] * (x[i] - zeroPoint);
      return sum * accumulatorScale(context, constants, o);
    }),
  );
}

/** Variance of the error of all channels. */
function noise(context: LayerContext, constants: LayerConstants): number {
  const errors = outputs(context, constants).map((y, k) => y.map((v, o) => v - context.targets[k][o]));
  const mean = meanOf(errors, channels);
  return errors.reduce((sum, e) => sum + e.reduce((s, v, o) => s + (v - mean[o]) ** 2, 0), 0) / errors.length;
}

const shift = (context: LayerContext, constants: LayerConstants): number[] => {
  const wanted = meanOf(context.targets, channels);
  return [...meanOf(outputs(context, constants), channels)].map((mean, o) => Math.abs(mean - wanted[o]));
};

describe('steps of a layer', () => {
  let context: LayerContext;
  let constants: LayerConstants;
  beforeAll(() => {
    ({ context, constants } = siteOf(new Random('steps')));
  });

  it('searched roundings make a third of the error of nearest ones, between the same two integers', async () => {
    const searched = await searchRounding.run(context, constants, noTurn);
    expect(noise(context, searched)).toBeLessThan(noise(context, constants) / 3);
    for (let i = 0; i < channels * length; i++) {
      const ideal = context.node.constants.weight.data[i] / constants.weightScale.data[Math.floor(i / length)];
      expect(Math.abs(searched.weight.data[i] - ideal)).toBeLessThan(1);
    }
  });

  // Constants as the op gives them, of 8 bits: each step has to bring them to 4.
  const wide = (): LayerConstants => ({
    ...constants,
    weightScale: constant(
      'f64',
      [channels],
      constants.weightScale.data.map(scale => (scale * 7) / 127),
    ),
  });

  it.each([
    [4, 0.02],
    [2, 0.4],
  ] as const)(
    'weights of %i bits are clipped where that pays, and searched within their limits',
    async (bits, part) => {
      const narrow = { ...context, bits };
      const fitted = await fitWeightScales.run(narrow, wide(), noTurn);
      const searched = await searchRounding.run(narrow, fitted, noTurn);
      const signal = noise(context, {
        ...constants,
        weight: constant('i8', [channels, length], new Int8Array(channels * length)),
      });
      for (const { weight } of [fitted, searched]) {
        expect(weight.bits).toBe(bits);
        expect(Math.max(...weight.data.map(Math.abs))).toBe(subByteLimit(bits));
      }
      const widest = constants.weightScale.data.map(scale => (scale * 7) / subByteLimit(bits));
      expect(fitted.weightScale.data.filter((scale, o) => scale < 0.999 * widest[o]).length).toBeGreaterThan(
        bits === 2 ? 3 : 0,
      );
      expect(noise(context, searched)).toBeLessThan(noise(context, fitted));
      expect(noise(context, searched)).toBeLessThan(part * signal);
    },
  );

  it('weights of 1 bit are signs, with the mean of the magnitudes as scale; only small ones may change their sign', async () => {
    const narrow = { ...context, bits: 1 } as const;
    const fitted = await fitWeightScales.run(narrow, constants, noTurn);
    const searched = await searchRounding.run(narrow, fitted, noTurn);
    const { data } = context.node.constants.weight;
    for (let o = 0; o < channels; o++) {
      const row = Array.from(data.subarray(o * length, (o + 1) * length));
      const scale = fitted.weightScale.data[o];
      expect(scale).toBeCloseTo(row.reduce((sum, w) => sum + Math.abs(w), 0) / length, 12);
      for (const [i, w] of row.entries()) {
        expect(fitted.weight.data[o * length + i]).toBe(w < 0 ? -1 : 1);
        const found = searched.weight.data[o * length + i];
        expect(Math.abs(w) >= scale ? [Math.sign(w)] : [-1, 1]).toContain(found);
      }
    }
    expect(searched.weight.data).not.toEqual(fitted.weight.data);
    expect(searched.weight.bits).toBe(1);
    expect(noise(context, searched)).toBeLessThan(noise(context, fitted) / 4);
  });

  it('binary weights of a channel of zeros are 1, and too small to be seen', async () => {
    const weight = constant('f32', [channels, length], new Float32Array(channels * length));
    const zeros = {
      ...context,
      bits: 1,
      node: { ...context.node, constants: { ...context.node.constants, weight } },
    } as const;
    const fitted = await fitWeightScales.run(zeros, constants, noTurn);
    expect(new Set(fitted.weight.data)).toEqual(new Set([1]));
    for (const [o, bias] of context.node.constants.bias.data.entries()) {
      const outputs = context.output.scale;
      expect(255 * length * accumulatorScale(context, fitted, o)).toBeLessThan(outputs / 2);
      expect(fitted.bias.data[o] * accumulatorScale(context, fitted, o)).toBeCloseTo(bias, 3);
    }
  });

  it('roundings found with few images are better than nearest ones on others', async () => {
    const some = {
      ...context,
      inputs: context.inputs.slice(0, 100),
      floatInputs: context.floatInputs.slice(0, 100),
      targets: context.targets.slice(0, 100),
    };
    const rest = { ...context, inputs: context.inputs.slice(100), targets: context.targets.slice(100) };
    expect(noise(rest, await searchRounding.run(some, constants, noTurn))).toBeLessThan(noise(rest, constants) / 2);
  });

  it('the squared error is the same by moments and by patches', async () => {
    const weights = constants.weight.data.subarray(0, length);
    const scale = accumulatorScale(context, constants, 0);
    const moments = await momentsOf(patches, context.inputs, zeroPoint, context.targets, noTurn);
    const byMoments = errorByMoments(moments, { group: 0, channel: 0, length }, weights, scale);
    const rows = new Float64Array(length * images);
    for (let i = 0; i < length; i++) {
      for (let k = 0; k < images; k++) rows[i * images + k] = context.inputs[k][i] - zeroPoint - moments.mean[i];
    }
    const wanted = Float64Array.from(context.targets, t => (t[0] - moments.meanTarget[0]) / scale);
    const byPatches = errorByPatches({ rows, count: images }, weights, wanted);
    for (const error of [byMoments, byPatches]) error.move(3, 2);
    for (let i = 0; i < length; i++) {
      expect(byMoments.slope(i)).toBeCloseTo(byPatches.slope(i), 6);
      expect(byMoments.curvature(i)).toBeCloseTo(byPatches.curvature(i), 6);
    }
  });

  it('measured bias correction takes the shift of the mean back, to half a step', async () => {
    const worst = (c: LayerConstants) =>
      Math.max(...shift(context, c).map((s, o) => s / accumulatorScale(context, c, o)));
    expect(worst(constants)).toBeGreaterThan(5);
    expect(worst(await correctBiasByData.run(context, constants, noTurn))).toBeLessThanOrEqual(0.51);
  });

  it('analytic bias correction takes back what rounded weights shift', async () => {
    const exact = {
      ...context,
      inputs: context.floatInputs.map(x => x.map(v => Math.round(v / inputScale) + zeroPoint)),
    };
    const sum = (c: LayerConstants) => shift(exact, c).reduce((a, b) => a + b, 0);
    expect(sum(await correctBiasAnalytically.run(exact, constants, noTurn))).toBeLessThan(sum(constants) / 5);
  });

  it('fitted scales lose less of the weights', async () => {
    const loss = ({ weight, weightScale }: LayerConstants) =>
      [...weight.data].reduce((total, q, i) => {
        const real = context.node.constants.weight.data[i];
        return total + (q * weightScale.data[Math.floor(i / length)] - real) ** 2;
      }, 0);
    const wide = {
      ...constants,
      weightScale: constant(
        'f64',
        [channels],
        constants.weightScale.data.map(s => s * 1.3),
      ),
    };
    const fitted = await fitWeightScales.run(context, wide, noTurn);
    expect(loss(fitted)).toBeLessThan(loss(constants) * 1.05);
    expect([...fitted.weightScale.data]).not.toEqual([...wide.weightScale.data]);
  });
});
