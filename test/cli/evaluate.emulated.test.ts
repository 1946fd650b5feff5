import { afterAll, beforeAll, expect, it } from 'vitest';
import { Workspace } from './workspace.js';

const user = new Workspace();
beforeAll(async () => {
  await user.fill();
  user.array('y.npy', [5], Int32Array.of(0, 1, 2, 2, 0));
});
afterAll(() => user.remove());

const evaluate = 'evaluate model.ts --weights q.safetensors --images x.npy --labels y.npy';

it('gives accuracy, classes and confusion, the same from the reference and from the host', async () => {
  const [reference, host] = await Promise.all(
    ['reference', 'host'].map(async driver =>
      JSON.parse((await user.run(`${evaluate} --driver ${driver} --json`)).stdout),
    ),
  );
  expect(reference).toMatchObject({ model: 'small', driver: 'reference', images: 5 });
  expect({ ...host, driver: 'reference' }).toEqual(reference);
  const all = reference.confusion.flat().reduce((a: number, b: number) => a + b, 0);
  expect(all).toBe(5);
  expect(reference.classes.map((c: { images: number }) => c.images)).toEqual([2, 1, 2]);
  expect(reference.correct).toBe(
    reference.confusion.reduce((sum: number, row: number[], c: number) => sum + row[c], 0),
  );
  expect(reference.float).toBeUndefined();
});

it('counts where the float network agrees', async () => {
  const { stdout } = await user.run(`${evaluate} --float-weights w.safetensors --json`);
  const { float, correct } = JSON.parse(stdout);
  // Three scores far apart: int8 finds the same classes.
  expect(float).toEqual({ correct, accuracy: correct / 5, agreeing: 5, agreement: 1 });
  expect((await user.run(`${evaluate} --float-weights w.safetensors`)).stdout).toContain('both agree on 5 images');
});
