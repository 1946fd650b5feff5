import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/diagnostics/nearest.js';

describe('nearest', () => {
  it.each([
    ['cortex-m4f', 'cortex-m4'],
    ['Cortex-M3', 'cortex-m3'],
    ['horst', 'host'],
    ['hsot', 'host'],
    ['frobnicate', undefined],
    ['', undefined],
    ['x'.repeat(1000), undefined],
  ])('%s -> %s', (word, expected) => {
    expect(nearest(word, ['cortex-m3', 'cortex-m4', 'host'])).toBe(expected);
  });
});
