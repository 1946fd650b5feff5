import { expect, it } from 'vitest';
import { confusionOf } from '../../src/run/classify.js';

it('counts labels by rows and predictions by columns', () => {
  const { counts, classes, correct, images } = confusionOf([0, 1, 1, 2, 0], [0, 0, 1, 1, 2], 3);
  expect(counts).toEqual([
    [1, 1, 0],
    [0, 1, 1],
    [1, 0, 0],
  ]);
  expect(classes).toEqual([
    { images: 2, correct: 1, predicted: 2 },
    { images: 2, correct: 1, predicted: 2 },
    { images: 1, correct: 0, predicted: 1 },
  ]);
  expect({ correct, images }).toEqual({ correct: 2, images: 5 });
});
