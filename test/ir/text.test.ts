import { describe, expect, it } from 'vitest';
import { CompileError, InternalError } from '../../src/diagnostics/diagnostic.js';
import { parseGraph } from '../../src/ir/parse.js';
import { printGraph } from '../../src/ir/print.js';
import { verifyGraph } from '../../src/ops/verify.js';
import { calibrate } from '../../src/quantize/calibrate.js';
import { lowerModel, quantiseGraph } from '../../src/quantize/quantise.js';
import { makeModel, models } from '../ops/models.js';

const small = `integer graph g
image = input() {height: 2, width: 2, channels: 1} : i8 2x2x1 scale 0.5 zero -3 @ model.ts:4:9+12
pool = maxPool(image) {kernel: [1, 2], stride: [1, 2], padding: [0, 0, 0, 0]} : i8 2x1x1 scale 0.5 zero -3
return pool
`;

const narrow = `integer graph g
image = input() {height: 2, width: 2, channels: 1} : i8 2x2x1 scale 0.5 zero -3
pool = maxPool(image) {kernel: [1, 2], stride: [1, 2], padding: [0, 0, 0, 0]} [weight: i8:4[2] (7, -7)] : i8 2x1x1 scale 0.5 zero -3
return pool
`;

describe('the text form', () => {
  it.each(Object.keys(models))('prints and parses %s, float and integer', async name => {
    const { plain, fused, images } = await makeModel(name);
    const integer = lowerModel(quantiseGraph(fused, await calibrate(fused, images), 'tflite'));
    for (const graph of [plain, fused, integer]) {
      const text = printGraph(graph);
      const parsed = parseGraph(text);
      verifyGraph(parsed, 'parse');
      expect(printGraph(parsed)).toBe(text);
    }
  });

  it('is what a person writes', () => {
    expect(printGraph(parseGraph(small))).toBe(small);
    expect(printGraph(parseGraph(narrow))).toBe(narrow);
    expect(parseGraph(small).nodes[0].span).toEqual({ file: 'model.ts', line: 4, column: 9, length: 12 });
  });

  it.each([
    ['garph g', 1, 1],
    ['float graph g\nx = 3', 2, 5],
    ['float graph g\nx = input() : u8 1x1x1', 2, 15],
    ['float graph g\nx = input() : i8 1x1\nreturn x', 2, 18],
    ['float graph g\nreturn x y', 2, 10],
    ['float graph g\nx = input() [weight: i8:5[1] (1)] : i8 1x1x1\nreturn x', 2, 25],
  ])('%j is refused where it goes wrong', (text, line, column) => {
    try {
      parseGraph(text);
      expect.fail('it was taken');
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      expect(error.diagnostics[0]).toMatchObject({ code: 'E0209', span: { line, column } });
    }
  });
});

describe('the verifier', () => {
  it.each([
    ['a shape that the op does not give', small.replace('2x1x1', '2x2x1')],
    ['a tensor that is not made yet', small.replace('maxPool(image)', 'maxPool(other)')],
    ['an op that there is not', small.replace('maxPool', 'minPool')],
    ['an attribute out of range', small.replace('[1, 2], stride', '[0, 2], stride')],
    ['a missing attribute', small.replace('stride: [1, 2], ', '')],
    ['int8 without a scale', small.replace(' scale 0.5 zero -3\nreturn', '\nreturn')],
    ['a zero point outside int8', small.replace('zero -3\nreturn', 'zero -300\nreturn')],
    ['a name used twice', small.replace('pool =', 'image =')],
    ['a result that there is not', small.replace('return pool', 'return nothing')],
    ['a weight beyond its bits', narrow.replace('(7, -7)', '(7, -8)')],
    ['a binary weight that is 0', narrow.replace('i8:4', 'i8:1').replace('(7, -7)', '(1, 0)')],
    ['narrow weights of another type', narrow.replace('i8:4', 'i32:4')],
    ['too many inputs', small.replace('(image)', '(image, image)')],
  ])('finds %s', (_what, text) => {
    expect(text).not.toBe(small);
    expect(() => verifyGraph(parseGraph(text), 'test')).toThrow(InternalError);
  });
});
