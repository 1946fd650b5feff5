import { describe, expect, it } from 'vitest';
import { InternalError } from '../../src/diagnostics/diagnostic.js';
import { helpers, hex, join, pad, padRight, upper } from '../../src/emit/helpers.js';

describe('template helpers', () => {
  it("hex writes numbers with leading zeros, negative ones as two's complement", () => {
    expect(hex(31)).toBe('0x1f');
    expect(hex(31, 8)).toBe('0x0000001f');
    expect(hex(-1, 8)).toBe('0xffffffff');
    expect(hex(-(2 ** 31))).toBe('0x80000000');
    expect(() => hex(1.5)).toThrow(InternalError);
  });

  it('join takes arrays and typed arrays', () => {
    expect(join(['a', 'b'], ', ')).toBe('a, b');
    expect(join(Int8Array.of(-1, 2), ' ')).toBe('-1 2');
    expect(join([], ', ')).toBe('');
    expect(() => join('ab', ',')).toThrow(InternalError);
  });

  it('upper does not depend on the locale', () => {
    expect(upper('effnet_tiny')).toBe('EFFNET_TINY');
    expect(() => upper(3)).toThrow(InternalError);
  });

  it('pad aligns numbers at the right, padRight names at the left', () => {
    expect(pad(-7, 4)).toBe('  -7');
    expect(pad('long', 2)).toBe('long');
    expect(padRight('ab', 4)).toBe('ab  ');
    expect(() => pad(1, 'x')).toThrow(InternalError);
    expect(() => padRight(1, 0.5)).toThrow(InternalError);
  });

  it('has a test for every helper', () => {
    expect(Object.keys(helpers)).toEqual(['hex', 'join', 'upper', 'pad', 'padRight']);
  });
});
