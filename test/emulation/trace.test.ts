import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../src/run/trace.js';

const layers = [
  { name: 'a', rows: 2, rowBytes: 3, steps: 2 },
  { name: 'b', rows: 1, rowBytes: 1, steps: 1 },
];

type Row = readonly [layer: number, row: number, bytes: readonly number[]];

const trace = (rows: readonly Row[]): Uint8Array =>
  Uint8Array.from(rows.flatMap(([layer, row, bytes]) => [layer, 0, row, 0, bytes.length, 0, 0, 0, ...bytes]));

const good: readonly Row[] = [
  [0, 1, [4, 5, 6]],
  [1, 0, [7]],
  [0, 0, [1, 2, 3]],
];

describe('parseTrace', () => {
  it('puts rows in any order to their places, vector by vector', () => {
    expect(parseTrace(trace([...good, [0, 0, [9, 9, 9]], [0, 1, [8, 8, 8]], [1, 0, [0]]]), layers, 2)).toEqual([
      [Uint8Array.of(1, 2, 3, 4, 5, 6), Uint8Array.of(7)],
      [Uint8Array.of(9, 9, 9, 8, 8, 8), Uint8Array.of(0)],
    ]);
  });

  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['ends in vector 0, before row 0 of layer a', trace(good.slice(0, 2))],
    ['ends within a row of vector 0', trace(good).subarray(0, 10)],
    ['has a row of layer 2, of 2 layers in vector 0', trace([[2, 0, [1]]])],
    ['has row 2 of layer a, which has 2 in vector 0', trace([[0, 2, [1, 2, 3]]])],
    ['has 2 bytes in row 0 of layer a, where 3 are expected in vector 0', trace([[0, 0, [1, 2]]])],
    ['has row 1 of layer a twice in vector 0', trace([...good.slice(0, 1), ...good])],
    ['has 9 bytes after the last row', trace([...good, [1, 0, [7]]])],
  ];
  it.each(cases)('refuses a trace that %s', (message, bytes) => {
    expect(() => parseTrace(bytes, layers, 1)).toThrow(`E0808: the trace of the firmware ${message}`);
  });
});
