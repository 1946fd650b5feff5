import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NumericArray } from '../../src/frontend/arrays/elements.js';
import { inputAt, readInputs, readLabels } from '../../src/frontend/arrays/images.js';
import { writeNpy } from '../../src/frontend/arrays/npy.js';
import { diagnosticsOf, expectCode, floats, scratch } from './helpers.js';

const save = scratch();
const file = (array: NumericArray) => save('a.npy', writeNpy(array));
const bytes = (shape: number[], data = new Uint8Array(shape.reduce((a, b) => a * b, 1))): NumericArray => ({
  dtype: 'u8',
  shape,
  data,
});
const ints = (shape: number[], values: number[]): NumericArray => ({
  dtype: 'i32',
  shape,
  data: Int32Array.from(values),
});
const model = { height: 2, width: 3, channels: 3 };

describe('inputs', () => {
  it('takes pixels, int8 and real units', () => {
    const pixels = readInputs(file(bytes([5, 2, 3, 3])), model);
    expect(pixels).toMatchObject({ kind: 'pixels', count: 5, shape: model });
    expect(inputAt(pixels, 4).length).toBe(18);
    const int8: NumericArray = { dtype: 'i8', shape: [2, 4], data: Int8Array.of(1, 2, 3, 4, -5, -6, -7, -8) };
    const quantised = readInputs(file(int8));
    expect(quantised).toMatchObject({ kind: 'quantised', count: 2, shape: { height: 1, width: 1, channels: 4 } });
    expect([...inputAt(quantised, 1)]).toEqual([-5, -6, -7, -8]);
    expect(readInputs(file(floats([1, 2, 3, 3])), model).kind).toBe('real');
    const doubles: NumericArray = { dtype: 'f64', shape: [1, 2], data: Float64Array.of(0.5, 2) };
    expect(readInputs(file(doubles)).data).toEqual(Float32Array.of(0.5, 2));
  });

  it('takes a flat vector for an image of as many elements', () => {
    expect(readInputs(file(bytes([2, 18])), model).shape).toEqual(model);
    expectCode(
      () => readInputs(file(bytes([2, 17])), model),
      'E0404',
      /\[2, 17\], where the input of the model is 2x3x3/,
    );
  });

  it('says what is wrong with the shape', () => {
    const square = { height: 4, width: 4, channels: 3 };
    const [first] = diagnosticsOf(() => readInputs(file(bytes([2, 3, 4, 4])), square));
    expect(first.hint).toMatch(/transpose/);
    const [second] = diagnosticsOf(() => readInputs(file(bytes([4, 4, 3])), square));
    expect(second.hint).toMatch(/x\[None\]/);
    const [third] = diagnosticsOf(() => readInputs(file(bytes([9, 4, 4])), { height: 4, width: 4, channels: 1 }));
    expect(third.hint).toMatch(/x\[\.\.\., None\]/);
    expectCode(() => readInputs(file(bytes([]))), 'E0404', /\[N, H, W, C\] or \[N, K\]/);
    expectCode(() => readInputs(file(bytes([0, 4, 4, 3])), square), 'E0404', /no input in it/);
    expectCode(() => readInputs(file(bytes([2, 4, 5, 3])), square), 'E0404', /4x4x3/);
  });

  it('refuses other types and values that are not finite', () => {
    expectCode(() => readInputs(file(ints([1, 2], [1, 2]))), 'E0405', /type i32/);
    const nan = file(floats([2, 3], i => (i === 4 ? NaN : i)));
    const [found] = diagnosticsOf(() => readInputs(nan));
    expect(found.code).toBe('E0406');
    expect(found.notes[0].message).toMatch(/\[1, 1\]/);
    const huge: NumericArray = { dtype: 'f64', shape: [1, 1], data: Float64Array.of(1e300) };
    expectCode(() => readInputs(file(huge)), 'E0406', /1e\+300/);
  });
});

describe('labels', () => {
  it('takes [N] and [N, 1]', () => {
    expect([...readLabels(file(ints([3], [0, 9, 4])), { count: 3, classes: 10 })]).toEqual([0, 9, 4]);
    expect([...readLabels(file(bytes([2, 1], Uint8Array.of(7, 8))))]).toEqual([7, 8]);
  });

  it('refuses what are no class indices', () => {
    expectCode(() => readLabels(file(floats([3]))), 'E0407', /type f32/);
    expectCode(() => readLabels(file(bytes([3, 10]))), 'E0407', /\[3, 10\]/);
    expectCode(() => readLabels(file(bytes([3])), { count: 4 }), 'E0407', /3 labels for 4 images/);
    expectCode(() => readLabels(file(ints([2], [1, 10])), { classes: 10 }), 'E0407', /label 10 at 1, .* 0 to 9/);
    expectCode(() => readLabels(file(ints([1], [-1]))), 'E0407', /label -1/);
  });
});

const data = '../shared/data';
describe.skipIf(!existsSync(data))('CIFAR-10 (skipped where ../shared/data is absent)', () => {
  it('reads images and labels', () => {
    const images = readInputs(`${data}/cifar10/calibration_images.npy`, { height: 32, width: 32, channels: 3 });
    expect(images).toMatchObject({ kind: 'pixels', count: 512 });
    const labels = readLabels(`${data}/cifar10/calibration_labels.npy`, { count: images.count, classes: 10 });
    expect(new Set(labels).size).toBe(10);
  });
});
