/**
 * Exponential and logarithm from additions, multiplications and divisions alone, which IEEE 754 rounds correctly: the same
 * bits on every machine, where those of libm differ in the last one. Off by a few units in the last place.
 */

/** The highest and the lowest part of ln 2 (fdlibm): k * high is exact for the k below. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** Terms of the series of exp on [-ln 2 / 2, ln 2 / 2] and of atanh on [-0.172, 0.172]: what is left out is below 2^-53. */
const expTerms = 14;
const atanhTerms = 12;

/** e^x; 0 below -708 and infinite above 709, where doubles end. */
export function exponential(x: number): number {
  if (x < -708) return 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const k = Math.round(x / (ln2High + ln2Low));
  const r = x - k * ln2High - k * ln2Low;
  let sum = 1;
  for (let n = expTerms; n >= 1; n--) sum = 1 + (r * sum) / n;
  return sum * 2 ** k;
}

/** Natural logarithm of a finite x > 0. */
export function logarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  for (; mantissa > Math.SQRT2; exponent++) mantissa /= 2;
  for (; mantissa < Math.SQRT1_2; exponent--) mantissa *= 2;
  const t = (mantissa - 1) / (mantissa + 1);
  let sum = 0;
  for (let n = atanhTerms; n >= 0; n--) sum = sum * t * t + 1 / (2 * n + 1);
  return exponent * ln2High + (2 * t * sum + exponent * ln2Low);
}
