/**
 * The fixed-point exponential and reciprocal of gemmlowp (fixedpoint.h), on which TFLite's int8 softmax is built.
 * Raw values are int32; `Fn` means a sign bit, n integer bits and 31 - n fraction bits.
 */
import { clamp, doublingHighMultiply, roundingDivideByPowerOfTwo } from './requantise.js';

const int32Max = 2 ** 31 - 1;

const saturate = (x: number): number => clamp(x, -(2 ** 31), int32Max);

/** exp(a) in F0 for an F0 `a` in [-1/4, 0): Taylor around -1/8. */
function expOnQuarter(a: number): number {
  const expOfMinusEighth = 1895147668;
  const third = 715827883;
  const x = a + 2 ** 28;
  const x2 = doublingHighMultiply(x, x);
  const x3 = doublingHighMultiply(x2, x);
  const x4 = doublingHighMultiply(x2, x2);
  const x4Quarter = roundingDivideByPowerOfTwo(x4, 2);
  const higher = roundingDivideByPowerOfTwo(doublingHighMultiply(x4Quarter + x3, third) + x2, 1);
  return expOfMinusEighth + doublingHighMultiply(expOfMinusEighth, x + higher);
}

/** exp(-2^k) in F0 for k = -2 to 4. */
const powers = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242];

/** exp(a) in F0 for an `a` <= 0 with so many integer bits, at most 5 (gemmlowp: exp_on_negative_values). */
export function expOnNegative(a: number, integerBits = 5): number {
  if (a === 0) return int32Max;
  const fractionBits = 31 - integerBits;
  const quarter = 2 ** (fractionBits - 2);
  // Two's complement remainder: in [0, quarter) also for negative a.
  const reduced = (((a % quarter) + quarter) % quarter) - quarter;
  let result = expOnQuarter(saturate(reduced * 2 ** integerBits));
  const remainder = reduced - a;
  for (const [i, power] of powers.slice(0, integerBits + 2).entries()) {
    if (Math.floor(remainder / 2 ** (fractionBits - 2 + i)) % 2 === 1) result = doublingHighMultiply(result, power);
  }
  return result;
}

/** 1 / (1 + a) in F0 for an F0 `a` in [0, 1]: three Newton steps from 48/17 - 32/17 d. */
function oneOverOnePlus(a: number): number {
  return saturate(twiceOverOnePlus(a) * 2);
}

/** (1 - a) / (1 + a) in F0 for an F0 `a` in [0, 1]. */
function oneMinusOverOnePlus(a: number): number {
  return saturate((twiceOverOnePlus(a) - 2 ** 29) * 4);
}

/** 2 / (1 + a) in F2. */
function twiceOverOnePlus(a: number): number {
  const halfDenominator = Math.trunc((a + int32Max + 1) / 2);
  let x = 1515870810 + doublingHighMultiply(halfDenominator, -1010580540);
  for (let i = 0; i < 3; i++) {
    const error = 2 ** 29 - doublingHighMultiply(halfDenominator, x);
    x += saturate(doublingHighMultiply(x, error) * 4);
  }
  return x;
}

/** 1 / (1 + exp(-a)) in F0 for an F4 `a` (gemmlowp: logistic). */
export function logistic(a: number): number {
  if (a === 0) return 2 ** 30;
  const ofMagnitude = oneOverOnePlus(expOnNegative(-Math.abs(a), 4));
  return a > 0 ? ofMagnitude : int32Max - ofMagnitude;
}

/** tanh(a) in F0 for an F4 `a`: (1 - exp(-2 |a|)) / (1 + exp(-2 |a|)), whose exponent is the same int32 in F5. */
export function tanh(a: number): number {
  if (a === 0) return 0;
  return Math.sign(a) * oneMinusOverOnePlus(expOnNegative(-Math.abs(a), 5));
}

/** 1 / x of an F12 `x` > 0, as F0 `scale` to be shifted right by `bits` (TFLite: GetReciprocal). */
export function reciprocal(x: number): { scale: number; bits: number } {
  const headroom = Math.clz32(x);
  return { scale: oneOverOnePlus(x * 2 ** headroom - 2 ** 31), bits: 12 - headroom };
}
