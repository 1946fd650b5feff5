import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doublingHighMultiply,
  nativeMultiplier,
  nativePreShift,
  quantiseMultiplier,
  requantise,
  requantiseNative,
  requantiseTflite,
  requantiseTfliteSingle,
  roundingDivideByPowerOfTwo,
  tfliteMultiplier,
} from '../../src/numeric/requantise.js';

const int32 = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
const anyMultiplier = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });
const runs = { numRuns: 3000 };

// The rules once more in BigInt, straight from docs/numeric.md.
const big = {
  native: (acc: number, m: number, s: number) =>
    Number((BigInt(acc) * (1n << BigInt(s)) * BigInt(m) + (1n << 31n)) >> 32n),
  highMultiply: (a: number, b: number) => Number((BigInt(a) * BigInt(b) + (1n << 30n)) >> 31n),
  divide(x: number, exponent: number) {
    // Away from zero: |x| / 2^e + 1/2, floored, with the sign of x.
    const magnitude = (BigInt(Math.abs(x)) * 2n + (1n << BigInt(exponent))) >> BigInt(exponent + 1);
    return x < 0 ? -Number(magnitude) : Number(magnitude);
  },
  single: (acc: number, m: number, shift: number) =>
    Number((BigInt(acc) * BigInt(m) + (1n << BigInt(30 - shift))) >> BigInt(31 - shift)),
};

describe('rounding rules equal their definition in exact integers', () => {
  it('native', () => {
    fc.assert(
      fc.property(int32, anyMultiplier, (acc, m) => requantiseNative(acc, m, 0) === big.native(acc, m, 0)),
      runs,
    );
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), anyMultiplier, fc.nat(6), (acc, m, s) => {
        expect(requantiseNative(acc, m, s)).toBe(big.native(acc, m, s));
      }),
      runs,
    );
  });

  it('doubling high multiply', () => {
    fc.assert(
      fc.property(int32, anyMultiplier, (a, b) => doublingHighMultiply(a, b) === big.highMultiply(a, b)),
      runs,
    );
  });

  it('rounding division, halves away from zero', () => {
    fc.assert(
      fc.property(int32, fc.nat(31), (x, e) => {
        expect(roundingDivideByPowerOfTwo(x, e) + 0).toBe(big.divide(x, e) + 0);
      }),
      runs,
    );
    expect([5, -5, 6, -6, 7, -7].map(x => roundingDivideByPowerOfTwo(x, 2))).toEqual([1, -1, 2, -2, 2, -2]);
  });

  it('tflite-single', () => {
    fc.assert(
      fc.property(int32, anyMultiplier, fc.integer({ min: -31, max: 15 }), (acc, multiplier, shift) => {
        expect(requantiseTfliteSingle(acc, { multiplier, shift })).toBe(big.single(acc, multiplier, shift));
      }),
      runs,
    );
    // A factor of 2^14 or more: the half that is added has fewer than 16 bits.
    for (const shift of [14, 15]) {
      for (let acc = -40; acc <= 40; acc++)
        expect(requantiseTfliteSingle(acc, { multiplier: 1610612735, shift })).toBe(big.single(acc, 1610612735, shift));
    }
    expect(() => requantiseTfliteSingle(1, { multiplier: 2 ** 30, shift: 16 })).toThrow(RangeError);
  });
});

describe('multipliers', () => {
  const scale = fc.double({ min: 2 ** -20, max: 100, noNaN: true });

  it('tflite: normalised, and within half a unit of the scale', () => {
    fc.assert(
      fc.property(scale, s => {
        const { multiplier, shift } = tfliteMultiplier(s);
        expect(multiplier).toBeGreaterThanOrEqual(2 ** 30);
        expect(multiplier).toBeLessThan(2 ** 31);
        expect(Math.abs((multiplier / 2 ** 31) * 2 ** shift - s)).toBeLessThanOrEqual(s * 2 ** -31);
      }),
    );
    expect(tfliteMultiplier(0.5)).toEqual({ multiplier: 2 ** 30, shift: 0 });
    expect(tfliteMultiplier(1 - 2 ** -40)).toEqual({ multiplier: 2 ** 30, shift: 1 });
    expect(tfliteMultiplier(2 ** -40)).toEqual({ multiplier: 0, shift: 0 });
  });

  it('tflite: a multiplier and shift survive the way through a double', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2 ** 30, max: 2 ** 31 - 1 }),
        fc.integer({ min: -20, max: 5 }),
        (multiplier, shift) => {
          expect(tfliteMultiplier(multiplier * 2 ** (shift - 31))).toEqual({ multiplier, shift });
        },
      ),
    );
  });

  it('native: the least shift under which every multiplier fits int32', () => {
    expect(nativePreShift([0.001, 0.49])).toBe(0);
    expect(nativePreShift([0.5])).toBe(1);
    expect(nativePreShift([3])).toBe(3);
    fc.assert(fc.property(scale, s => Math.abs(nativeMultiplier(-s, nativePreShift([s])).multiplier) < 2 ** 31));
  });

  it('every rule is within one unit of real arithmetic', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -(2 ** 22), max: 2 ** 22 }),
        fc.double({ min: 1e-5, max: 0.9, noNaN: true }),
        (acc, s) => {
          for (const rounding of ['native', 'tflite', 'tflite-single'] as const) {
            const preShift = nativePreShift([s]);
            const got = requantise(rounding, acc, quantiseMultiplier(rounding, s, preShift), preShift);
            expect(Math.abs(got - acc * s)).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });

  it('tflite rounds twice: the known case in which the rules differ', () => {
    // 0.5 - 2^-33 scaled: the first rounding lifts it to a half, the second away from zero.
    const factor = { multiplier: 2 ** 30, shift: -1 };
    expect(requantiseTflite(-2, factor)).toBe(-1);
    expect(requantiseTfliteSingle(-2, factor)).toBe(0);
  });
});
